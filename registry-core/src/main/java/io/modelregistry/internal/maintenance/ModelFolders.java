package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storage.StorageKey;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says to which model a key belongs, by its shape alone. */
final class ModelFolders {
    private static final Pattern CONTENT = Pattern.compile("[0-9a-f]{32}/[0-9a-f]{64}\\.json");

    private ModelFolders() {}

    /** The model that a key below {@code models/} belongs to; empty if it is of no model's shape. */
    static Optional<ModelKeys> owner(StorageKey key) {
        List<String> segments = key.segments();
        if (segments.size() < 3) {
            return Optional.empty();
        }
        Optional<ModelName> name = Optional.empty();
        String second = segments.get(2);
        if (isInside(second)) {
            name = name(ModelName.DEFAULT_GROUP, segments.get(1));
        } else if (segments.size() > 3 && isInside(segments.get(3))) {
            name = name(segments.get(1), second);
        }
        return name.map(ModelKeys::of).filter(keys -> keys.root().contains(key));
    }

    /** Whether a name stands directly in a model's folder: versions begin with a digit, the rest with a line. */
    static boolean isInside(String segment) {
        char first = segment.charAt(0);
        return first == '_' || (first >= '0' && first <= '9');
    }

    private static Optional<ModelName> name(String group, String name) {
        try {
            return Optional.of(ModelName.of(group, name));
        } catch (InvalidValueException e) {
            return Optional.empty();
        }
    }

    /** The version whose keys begin like this; empty if there can be none. */
    static Optional<ModelVersion> version(String key) {
        try {
            return Optional.of(ModelVersion.parse(key))
                    .filter(version -> version.key().equals(key));
        } catch (InvalidValueException e) {
            return Optional.empty();
        }
    }

    /** The key of the version that a folder belongs to: the plain one, that of an attempt, or of attachments. */
    static String versionKey(String folder) {
        if (folder.endsWith(ModelKeys.ATTACHMENTS)) {
            return folder.substring(0, folder.length() - ModelKeys.ATTACHMENTS.length());
        }
        int tilde = folder.indexOf('~');
        return tilde < 0 ? folder : folder.substring(0, tilde);
    }

    /** The revision whose event lies at a key of the history; 0 if no event can lie there. */
    static long revision(ModelKeys keys, StorageKey key) {
        String name = key.name();
        int end = name.length() - ".json".length();
        if (end < 1
                || end > 18
                || !name.endsWith(".json")
                || !name.chars().limit(end).allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        long revision = Long.parseLong(name.substring(0, end));
        return keys.history(revision).equals(key) ? revision : 0;
    }

    /** Whether a note on a content can lie at a key. */
    static boolean isContent(ModelKeys keys, StorageKey key) {
        return CONTENT.matcher(keys.folder(ModelKeys.CONTENTS).relativize(key)).matches();
    }
}
