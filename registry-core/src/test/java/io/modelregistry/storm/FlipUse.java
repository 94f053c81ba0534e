package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Registers versions where a damaged object would be used that no reader asks for. */
final class FlipUse {
    private FlipUse() {}

    /** Registers in a copy of a store, and looks at what comes of it. */
    static void check(String where, StorageNode damaged, FlipSubject.Target target) throws IOException {
        InMemoryStorageNode copy = new InMemoryStorageNode();
        StoreContents.copy(Snapshot.of(damaged), copy);
        try (ModelRegistry registry =
                ModelRegistries.builder(copy).leaveNodeOpen().open()) {
            switch (target.kind()) {
                case CONTENT_NOTE -> registerSameContent(where, registry, target);
                case UNPUBLISHED_VERSION -> registerSameVersion(where, registry, target);
                default -> throw new AssertionError("Nobody uses " + target);
            }
        }
    }

    /** A note leads to a copy of what it says, which is checked, or the content is uploaded again. */
    private static void registerSameContent(String where, ModelRegistry registry, FlipSubject.Target target)
            throws IOException {
        byte[] content = FlipSubject.large();
        RegisteredVersion version =
                registry.register(Registration.of(target.model().orElseThrow().toString())
                        .file("again.bin", content)
                        .build());
        try (InputStream in = registry.artifacts(version.ref()).open(ArtifactPath.of("again.bin"))) {
            if (!Arrays.equals(in.readAllBytes(), content)) {
                throw new StormFailure(where, "the same content was registered, and another is served");
            }
        }
    }

    private static void registerSameVersion(String where, ModelRegistry registry, FlipSubject.Target target) {
        Registration registration = Registration.of(target.model().orElseThrow().toString())
                .version(target.version().orElseThrow().toString())
                .file("m.bin", SampleRegistry.bytes("sealed only"))
                .build();
        try {
            RegisteredVersion version = registry.register(registration);
            throw new StormFailure(where, "its version was registered as " + version + ", expected a refusal");
        } catch (CorruptionException e) {
            if (!e.key().equals(target.key())) {
                throw new StormFailure(where, e);
            }
        }
    }
}
