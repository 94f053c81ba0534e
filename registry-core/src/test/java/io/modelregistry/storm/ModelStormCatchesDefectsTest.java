package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each of these registries has a defect, and the storm of random sequences reports it with few steps. */
class ModelStormCatchesDefectsTest {
    @Test
    void aRegistryThatAnswersFromMemoryForLongerThanItSays() {
        assertCaught(builder -> builder.freshness(Duration.ofHours(1)));
    }

    @Test
    void aRegistryThatLeavesTheVersionBeforeInProduction() {
        LifecyclePolicy simple = LifecyclePolicy.SIMPLE;
        Map<Stage, List<Stage>> moves = new LinkedHashMap<>();
        simple.stages().forEach(stage -> moves.put(stage, simple.next(stage)));
        LifecyclePolicy shared =
                new LifecyclePolicy("shared", simple.initial(), moves, Map.of(), simple.rollbackFrom());

        assertCaught(builder -> builder.policy(shared));
    }

    private static void assertCaught(UnaryOperator<ModelRegistries.Builder> defect) {
        StormClients clients = new StormClients() {
            @Override
            public ModelRegistry registry(StorageNode node, Duration commitLimit) {
                return defect.apply(ModelRegistries.builder(node).leaveNodeOpen())
                        .open();
            }
        };

        assertThatThrownBy(() -> new ModelRun(new MemoryStores(), clients).blow(40))
                .isExactlyInstanceOf(StormFailure.class)
                .hasMessageMatching("(?s)model storm on memory, seed " + StormSettings.seed()
                        + ", sequence \\d+: '.*' is answered with '.*', expected '.*'\nafter(\nclient .*){2,12}");
    }
}
