package io.modelregistry.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.maintenance.SampleRegistry;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ListingTest {
    private final InMemoryStorageNode node = new InMemoryStorageNode();

    private void put(String key) throws IOException {
        node.write(StorageKey.of(key), Content.of(SampleRegistry.bytes("x")), WriteCondition.ifAbsent());
    }

    private static List<String> candidates(StorageNode node) throws IOException {
        List<String> found = new ArrayList<>();
        ModelEnumeration.candidates(node, keys -> found.add(keys.root().toString()));
        return found;
    }

    @Test
    void theFoldersOfVersionsAreNotListedToFindModels() throws IOException {
        for (int i = 0; i < 100; i++) {
            put("models/iris/1.0." + i + "/m.bin");
            put("models/iris/1.0." + i + "~attempt/m.bin");
        }
        put("models/iris/_history/0000000001.json");
        put("models/iris/petal/_model.json");
        put("models/iris/_model.json");
        List<String> listed = new ArrayList<>();
        StorageNode listing = new SpyingNode(node, key -> {}) {
            @Override
            public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit)
                    throws IOException {
                List<String> names = super.listFolders(prefix, startAfter, limit);
                listed.addAll(names);
                return names;
            }
        };

        List<String> found = candidates(listing);

        assertThat(found).containsExactly("models/iris", "models/iris/petal");
        assertThat(listed).containsExactly("iris", "petal");
    }

    @Test
    void everyNameThatAModelCanHaveIsFound() throws IOException {
        List<String> names =
                List.of("a", "a-b", "a.0", "a0", "a_b", "iris", "z", "z-9.x", "1.0.0", "_pages", "~x", "{");
        List<String> expected = new ArrayList<>();
        for (String group : names) {
            for (String name : names) {
                put("models/" + group + "/" + name + "/x");
            }
        }
        List<String> valid = names.subList(0, names.size() - 4);
        for (String group : valid) {
            expected.add(KeyPrefix.of("models").folder(group).toString());
            for (String name : valid) {
                expected.add(KeyPrefix.of("models").folder(group).folder(name).toString());
            }
        }
        assertThat(candidates(node)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aFirstRegistrationDuringACheckIsNoDamage() {
        StorageNode busy = new SpyingNode(node, key -> {}) {
            private boolean isFilled;

            @Override
            public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                    throws IOException {
                if (!isFilled) {
                    isFilled = true;
                    try (ModelRegistry registry = SampleRegistry.open(node)) {
                        SampleRegistry.register(registry, "iris", "1.0.0", "one");
                    }
                }
                return super.list(prefix, startAfter, limit);
            }
        };

        assertThat(RegistryMaintenance.over(busy).verify().findings()).isEmpty();
    }

    @Test
    void aRegistryDocumentThatIsLostIsDamage() throws IOException {
        SampleRegistry.fill(node);
        node.delete(ModelKeys.REGISTRY);
        assertThat(RegistryMaintenance.over(node).verify().isSound()).isFalse();
    }
}
