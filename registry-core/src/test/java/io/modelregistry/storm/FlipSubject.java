package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A registry with an object of every kind, and what each object is. */
final class FlipSubject {
    private static final int LARGE = 100_000;
    private static final int VERSIONS = 40;
    private static final int READ_VERSIONS = 3;

    private FlipSubject() {}

    /** What an object of a store is. */
    enum Kind {
        /** What the store is. */
        REGISTRY,
        /** The head of a model. */
        HEAD,
        /** An event. */
        EVENT,
        /** A page of a version table. */
        PAGE,
        /** The document of a published version. */
        VERSION,
        /** The document of a version that is not published. */
        UNPUBLISHED_VERSION,
        /** A file of a published version. */
        FILE,
        /** A file that no manifest of a published version names. */
        UNPUBLISHED_FILE,
        /** An attachment. */
        ATTACHMENT,
        /** A note on where a content is stored. */
        CONTENT_NOTE
    }

    /**
     * An object.
     *
     * @param model the model that it belongs to; empty if it is the registry's
     * @param version the version that it belongs to, if it does
     */
    record Target(String key, Kind kind, Optional<ModelName> model, Optional<ModelVersion> version) {}

    /** Fills a store that holds nothing. */
    static void fill(StorageNode node) throws IOException {
        SampleRegistry.fill(node);
        SampleRegistry.addUnpublished(node);
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            for (int i = 0; i < VERSIONS; i++) {
                registry.register(Registration.of("fern")
                        .version("1.0." + i)
                        .file("m.bin", new byte[] {(byte) i, 1, 2, 3})
                        .build());
            }
            byte[] large = large();
            for (int i = 0; i < 2; i++) {
                registry.register(Registration.of("moss")
                        .file("weights.bin", large)
                        .file("folder/vocabulary.txt", SampleRegistry.bytes("a\nb\n" + i))
                        .build());
            }
            registry.attachments("moss:1.0.0").add("scan", "text/plain", SampleRegistry.bytes("nothing found"));
        }
    }

    /** The content of a file that is large enough for a note on where it is. */
    static byte[] large() {
        byte[] large = new byte[LARGE];
        Arrays.fill(large, (byte) 'x');
        return large;
    }

    /** All objects by kind. */
    static Map<Kind, List<Target>> targets(StorageNode node) {
        return Snapshot.of(node).objects().keySet().stream()
                .filter(key -> !ModelKeys.NAMES.contains(StorageKey.of(key))) // They have no bits.
                .map(FlipSubject::target)
                .collect(Collectors.groupingBy(Target::kind, () -> new EnumMap<>(Kind.class), Collectors.toList()));
    }

    private static Target target(String key) {
        if (key.endsWith("/_registry.json")) {
            return new Target(key, Kind.REGISTRY, Optional.empty(), Optional.empty());
        }
        for (String name : List.of("nlp/sentiment", "iris", "fern", "moss")) {
            String root = "models/" + name + "/";
            if (key.startsWith(root)) {
                return target(key, ModelName.parse(name), key.substring(root.length()));
            }
        }
        throw new AssertionError("An object of no model: " + key);
    }

    private static Target target(String key, ModelName model, String path) {
        Optional<ModelName> name = Optional.of(model);
        if (path.equals("_model.json")) {
            return new Target(key, Kind.HEAD, name, Optional.empty());
        }
        String folder = path.substring(0, Math.max(0, path.indexOf('/')));
        switch (folder) {
            case "_history":
                return new Target(key, Kind.EVENT, name, Optional.empty());
            case "_pages":
                return new Target(key, Kind.PAGE, name, Optional.empty());
            case "_contents":
                return new Target(key, Kind.CONTENT_NOTE, name, Optional.empty());
            default:
                break;
        }
        String first = folder.isEmpty() ? path.replace("_meta.json", "") : folder.replaceAll("(_att|~.*)$", "");
        // Keys are folded to lower case, and the version is spelled otherwise.
        Optional<ModelVersion> version = Optional.of(ModelVersion.parse(first.replace("rc", "RC")));
        boolean isPublished =
                !(model.toString().equals("iris") && first.matches("[345]\\.0\\.0")) && !key.contains("/2.0.0-rc.1/");
        if (folder.isEmpty()) {
            return new Target(key, isPublished ? Kind.VERSION : Kind.UNPUBLISHED_VERSION, name, version);
        }
        if (folder.endsWith("_att")) {
            return new Target(key, Kind.ATTACHMENT, name, version);
        }
        return new Target(key, isPublished ? Kind.FILE : Kind.UNPUBLISHED_FILE, name, version);
    }

    /** Some versions of a model that are read when all of it may be damaged. */
    static int versionsRead() {
        return READ_VERSIONS;
    }
}
