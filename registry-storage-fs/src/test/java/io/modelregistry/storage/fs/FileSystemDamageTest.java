package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.maintenance.DamageContract;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages the files of a registry on the disk, without the node's knowledge. */
class FileSystemDamageTest extends DamageContract {
    @TempDir
    private Path temporary;

    @Override
    protected StorageNode create() {
        return FileSystemStorageNode.at(temporary.resolve("registry"));
    }

    @Test
    void aHeadThatCannotBeReadIsAFindingAndHidesNoOther() throws IOException {
        try (StorageNode node = create()) {
            try (ModelRegistry registry =
                    ModelRegistries.builder(node).leaveNodeOpen().open()) {
                for (String model : List.of("iris", "rose")) {
                    registry.register(
                            Registration.of(model).file("m", new byte[] {1}).build());
                }
            }
            Path head = temporary.resolve("registry/models/iris/_model.json");
            Path elsewhere = Files.move(head, temporary.resolve("elsewhere.json"));
            try {
                Files.createSymbolicLink(head, elsewhere);
                tamper(node, StorageKey.of("models/rose/1.0.0/m"), new byte[] {2});

                assertThat(RegistryMaintenance.over(node).verify().findings())
                        .extracting(Finding::kind, Finding::key)
                        .contains(
                                Tuple.tuple(Finding.Kind.UNREADABLE, "models/iris/_model.json"),
                                Tuple.tuple(Finding.Kind.DAMAGED, "models/rose/1.0.0/m"));
            } finally {
                Files.delete(elsewhere);
            }
        }
    }

    @Override
    protected void tamper(StorageNode store, StorageKey key, byte[] bytes) throws IOException {
        Path file = ((FileSystemStorageNode) store).folder(KeyPrefix.ROOT).resolve(key.value());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
