package io.modelregistry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A change that is found done already is made durable before it is acknowledged: whoever made it may have died before
 * it was.
 */
class FoundDoneTest {
    private static final String HEAD = "models/iris/_model.json";
    private static final String REGISTRY = "models/_meta/_registry.json";

    private final StorageNode store = new InMemoryStorageNode();

    private static final class AskedNode extends ForwardingNode {
        private final List<String> asked = new ArrayList<>();

        AskedNode(StorageNode node) {
            super(node);
        }

        @Override
        public void ensureDurable(StorageKey key) {
            asked.add(key.value());
        }
    }

    private static void register(ModelRegistry on) {
        on.register(Registration.of("iris")
                .version("1.0.0")
                .file("m", new byte[] {1})
                .build());
    }

    private static void use(StorageNode node, Consumer<ModelRegistry> use) {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            use.accept(registry);
        }
    }

    @TestFactory
    Stream<DynamicTest> itsHeadIsDurable() {
        Map<String, Consumer<ModelRegistry>> changes = new LinkedHashMap<>();
        changes.put("register", FoundDoneTest::register);
        changes.put("promote", on -> on.promote("iris:1.0.0", Stage.PRODUCTION));
        changes.put("alias", on -> on.aliases("iris").set("champion", "1.0.0"));
        changes.put(
                "edit", on -> on.edit("iris").facts(ExpectedRevision.any(), facts -> facts.withDescription("flowers")));
        changes.put("attach", on -> on.attachments("iris:1.0.0").add("scan", "text/plain", new byte[] {1}));
        changes.put("retire", on -> on.edit("iris").retire("over"));
        return changes.entrySet().stream()
                .map(change -> dynamicTest(change.getKey(), () -> {
                    use(store, change.getValue());
                    AskedNode again = new AskedNode(store);
                    use(again, change.getValue());
                    assertThat(again.asked).contains(HEAD);
                }));
    }

    @Test
    void theDocumentOfTheRegistryIsDurableBeforeTheFirstChange() {
        use(store, FoundDoneTest::register);
        AskedNode node = new AskedNode(store);
        use(node, on -> {
            on.promote("iris:1.0.0", Stage.STAGING);
            on.promote("iris:1.0.0", Stage.PRODUCTION);
        });
        assertThat(node.asked).containsExactly(REGISTRY);
    }

    @Test
    void aCopyThatIsUpToDateIsDurable() {
        use(store, FoundDoneTest::register);
        AskedNode target = new AskedNode(new InMemoryStorageNode());
        RegistryMaintenance.over(store).copyTo(target);
        target.asked.clear();
        RegistryMaintenance.over(store).copyTo(target);
        assertThat(target.asked).contains(REGISTRY, HEAD);
    }
}
