package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads everything that may depend on an object through the interface of a registry. */
class FlipReader {
    /** What was refused begins like this, and goes on with the key. */
    static final String REFUSED = "refused: ";

    /** What was read or refused, by what was asked. */
    SortedMap<String, String> read(StorageNode node, FlipSubject.Target target) throws IOException {
        SortedMap<String, String> answers = new TreeMap<>();
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            ask(answers, "models", () -> registry.models(ModelQuery.all()).items());
            if (target.model().isPresent()) {
                model(answers, registry, target.model().get());
                for (ModelVersion version : versions(registry, target)) {
                    version(answers, node, registry, ModelRef.of(target.model().get(), version));
                }
            }
        } catch (RegistryException e) {
            answers.put("open", refusal(e));
        }
        return answers;
    }

    private static List<ModelVersion> versions(ModelRegistry registry, FlipSubject.Target target) {
        if (target.version().isPresent()) {
            return List.of(target.version().get());
        }
        try {
            return registry.versions(target.model().orElseThrow(), VersionQuery.all()).items().stream()
                    .map(summary -> summary.version())
                    .limit(FlipSubject.versionsRead())
                    .toList();
        } catch (CorruptionException e) {
            return List.of(); // It was asked for, and refused, before.
        }
    }

    private static void model(SortedMap<String, String> answers, ModelRegistry registry, ModelName name)
            throws IOException {
        ask(answers, "model", () -> registry.findModel(name));
        ask(answers, "versions", () -> registry.versions(name, VersionQuery.all()));
        ask(answers, "newest", () -> registry.findSummary(ModelRef.newest(name)));
        ask(answers, "production", () -> registry.findSummary(ModelRef.parse(name + "@production")));
        ask(answers, "first", () -> registry.findSummary(ModelRef.parse(name + "#1")));
        ask(answers, "history", () -> registry.history(name).all());
    }

    private void version(SortedMap<String, String> answers, StorageNode node, ModelRegistry registry, ModelRef ref)
            throws IOException {
        ask(answers, ref.toString(), () -> registry.find(ref));
        ask(answers, ref + " files", () -> {
            StringBuilder read = new StringBuilder();
            for (ArtifactFile file : registry.artifacts(ref).files()) {
                read.append(file.path()).append(Digest.sha256(file(node, registry, ref, file)));
            }
            return read;
        });
        ask(answers, ref + " folder", () -> {
            StringBuilder read = new StringBuilder();
            Path folder = registry.artifacts(ref).materialize();
            for (ArtifactFile file : registry.artifacts(ref).files()) {
                Path path = folder.resolve(file.path().toString());
                read.append(file.path()).append(Digest.sha256(Files.readAllBytes(path)));
            }
            return read;
        });
        ask(answers, ref + " attachments", () -> {
            StringBuilder read = new StringBuilder();
            for (Attachment attachment : registry.attachments(ref).all()) {
                try (InputStream in = registry.attachments(ref).open(attachment)) {
                    read.append(attachment).append(Digest.sha256(in.readAllBytes()));
                }
            }
            return read;
        });
    }

    /** The bytes of a file. */
    byte[] file(StorageNode node, ModelRegistry registry, ModelRef ref, ArtifactFile file) throws IOException {
        try (InputStream in = registry.artifacts(ref).open(file.path())) {
            return in.readAllBytes();
        }
    }

    /** Something that is asked. */
    @FunctionalInterface
    interface Question {
        /** The answer. */
        Object ask() throws IOException;
    }

    /** Puts an answer down, or a refusal. */
    static void ask(SortedMap<String, String> answers, String what, Question question) throws IOException {
        try {
            answers.put(what, question.ask().toString());
        } catch (RegistryException e) {
            answers.put(what, refusal(e));
        } catch (IOException e) {
            if (!(e.getCause() instanceof CorruptionException cause)) {
                throw e;
            }
            answers.put(what, refusal(cause));
        }
    }

    private static String refusal(RegistryException e) {
        return e instanceof CorruptionException damage
                ? REFUSED + damage.key()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
