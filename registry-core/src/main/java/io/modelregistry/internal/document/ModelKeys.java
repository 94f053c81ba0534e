package io.modelregistry.internal.document;

import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import java.util.List;

/** Where the documents and files of one model lie; the storage format in one place. */
public record ModelKeys(ModelName name, KeyPrefix root) {
    /** Holds all models. */
    public static final KeyPrefix MODELS = KeyPrefix.of("models");

    /** Says what the store is. */
    public static final StorageKey REGISTRY = MODELS.key("_meta/_registry.json");

    /** Holds an empty object for each model, below its group: the list of all names. */
    public static final KeyPrefix NAMES = MODELS.folder("_meta/names");

    /** The name of every head. */
    public static final String HEAD = "_model.json";

    /** The folder of the events. */
    public static final String HISTORY = "_history";

    /** The folder of the pages of the version table. */
    public static final String PAGES = "_pages";

    /** The folder of what is remembered of the contents of files. */
    public static final String CONTENTS = "_contents";

    /** Ends the key of a version's document. */
    public static final String META = "_meta.json";

    /** Ends the folder of a version's attachments. */
    public static final String ATTACHMENTS = "_att";

    private static final int REVISION_DIGITS = 10;

    /** The keys of a model. */
    public static ModelKeys of(ModelName name) {
        return new ModelKeys(name, MODELS.folder(name.keyPath()));
    }

    /**
     * Whether a key is that of some model's head. Versions may have files of that name; their folders start with a
     * digit, and those of documents with {@code _}.
     */
    public static boolean isHead(StorageKey key) {
        List<String> segments = key.segments();
        int folders = segments.size() - 1;
        return folders >= 2
                && folders <= 3
                && segments.get(folders).equals(HEAD)
                && key.isBelow(MODELS)
                && segments.subList(1, folders).stream().allMatch(ModelKeys::isNamePart);
    }

    private static boolean isNamePart(String segment) {
        char first = segment.charAt(0);
        return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    }

    /** The head: the only mutable document of the model. */
    public StorageKey head() {
        return root.key(HEAD);
    }

    /** Says in the list of names that there is such a model. */
    public StorageKey listed() {
        return NAMES.key(name.folded());
    }

    /** The event that made a revision. */
    public StorageKey history(long revision) {
        return root.key(HISTORY + "/" + digits(revision) + ".json");
    }

    /** A revision as it stands in keys, so that their order is that of the revisions. */
    static String digits(long revision) {
        String digits = Long.toString(revision);
        return "0".repeat(Math.max(0, REVISION_DIGITS - digits.length())) + digits;
    }

    /** A page of the version table. */
    public StorageKey page(String page) {
        return root.key(PAGES + "/" + page + ".json");
    }

    /** Which published version holds a content, of those with a sample. */
    public StorageKey content(String sample, Digest digest) {
        return folder(CONTENTS).folder(sample).key(digest.hex() + ".json");
    }

    /** The document that decides a version. */
    public StorageKey meta(ModelVersion version) {
        return root.key(version.key() + META);
    }

    /** The folder of a version's files. */
    public KeyPrefix folder(String folder) {
        return root.folder(folder);
    }

    /** A file of a version. */
    public StorageKey file(String folder, ArtifactPath path) {
        return folder(folder).key(path.value());
    }

    /** An attachment of a version. */
    public StorageKey attachment(ModelVersion version, String kind, Digest digest) {
        return root.key(version.key() + ATTACHMENTS + "/" + kind + "/" + digest.hex());
    }

    /** The folder that an attempt uploads to when the plain one is not its own. */
    public static String attemptFolder(ModelVersion version, String attempt) {
        return version.key() + "~" + attempt;
    }
}
