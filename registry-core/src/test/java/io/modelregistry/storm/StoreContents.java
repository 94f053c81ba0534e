package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** What a reader that remembers nothing sees of a store. */
final class StoreContents {
    private StoreContents() {}

    /** Writes the objects of one store into another. */
    static void copy(Snapshot from, StorageNode to) throws IOException {
        for (Map.Entry<String, String> object : from.objects().entrySet()) {
            byte[] bytes = object.getValue().getBytes(StandardCharsets.ISO_8859_1);
            to.write(StorageKey.of(object.getKey()), Content.of(bytes), WriteCondition.unconditional());
        }
    }

    /** Every model, but for times and ids; on the way it checks that no history has a gap. */
    static SortedMap<String, String> models(StorageNode node) throws IOException {
        SortedMap<String, String> models = new TreeMap<>();
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            for (RegisteredModel model : registry.models(ModelQuery.all()).items()) {
                models.put(model.name().toString(), String.join("\n", lines(registry, model)));
            }
        }
        return models;
    }

    private static List<String> lines(ModelRegistry registry, RegisteredModel model) throws IOException {
        List<String> lines = new ArrayList<>();
        String name = model.name().toString();
        lines.add(model.status() + " " + model.facts() + " " + model.aliases());
        for (VersionSummary summary :
                registry.versions(model.name(), VersionQuery.all()).items()) {
            RegisteredVersion version = registry.get(summary.ref());
            lines.add("version " + summary.ref() + " #" + summary.sequence() + " " + summary.stage() + " "
                    + version.overlay() + version.attachments().size()
                    + version.manifest().files());
        }
        read(registry, name + "#" + model.versionCount(), lines);
        List<RegistryEvent> events = registry.history(name).all();
        assertThat(events)
                .extracting(RegistryEvent::revision)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, model.revision()).boxed().toList());
        events.forEach(event -> lines.add("event " + event.change().getClass().getSimpleName() + " " + event.reason()));
        return lines;
    }

    /** Reads all files and attachments of a version; the streams check them. */
    private static void read(ModelRegistry registry, String ref, List<String> lines) throws IOException {
        for (ArtifactFile file : registry.artifacts(ref).files()) {
            try (InputStream in = registry.artifacts(ref).open(file.path())) {
                lines.add("newest has " + in.readAllBytes().length + " bytes in " + file.path());
            }
        }
        for (Attachment attachment : registry.attachments(ref).all()) {
            try (InputStream in = registry.attachments(ref).open(attachment)) {
                lines.add("attached are " + in.readAllBytes().length + " bytes");
            }
        }
    }

    /** How many versions there are. */
    static long versions(Map<String, String> models) {
        return models.values().stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("version "))
                .count();
    }
}
