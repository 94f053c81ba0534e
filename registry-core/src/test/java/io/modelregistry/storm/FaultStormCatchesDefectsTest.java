package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.internal.embedded.StormFlaws;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each of these registries and nodes has a defect, and the storm of faults reports it. */
class FaultStormCatchesDefectsTest {
    @Test
    void aRegistryThatTrustsARefusalBlindly() {
        assertCaught(flawed(StormFlaws.TRUSTS_A_REFUSAL), NodeFault.OWN_CONFLICT);
    }

    @Test
    void aNodeThatTakesALostReplyForAFailure() {
        assertCaught(over(DefectiveNodes::failingWithoutAReply), NodeFault.REPLY_LOST);
    }

    @Test
    void aNodeThatLeaksStreams() {
        assertCaught(over(DefectiveNodes::leaking), NodeFault.SLOW);
    }

    private static void assertCaught(StormClients clients, NodeFault fault) {
        assertThatThrownBy(() -> blow(clients, fault))
                .isExactlyInstanceOf(StormFailure.class)
                .hasMessageContaining("fault storm on memory, seed " + StormSettings.seed())
                .hasMessageContaining(fault + " at call ");
    }

    private static void blow(StormClients clients, NodeFault fault) throws IOException {
        FaultRun run = new FaultRun(new MemoryStores(), fault, clients);
        for (String name : List.of("register another version", "promote", "remove an alias")) {
            FaultScript script = FaultScripts.all().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            run.blow(run.expect(script, FaultRun.Start.of(script)), Integer.MAX_VALUE);
        }
    }

    static StormClients over(UnaryOperator<StorageNode> defect) {
        return new StormClients() {
            @Override
            public StorageNode node(StorageNode node) {
                return defect.apply(node);
            }
        };
    }

    static StormClients flawed(StormFlaws flaw) {
        return new StormClients() {
            @Override
            public ModelRegistry registry(StorageNode node, Duration commitLimit) {
                return flaw.open(node, commitLimit);
            }

            @Override
            public double lossRate() {
                return 0.2;
            }
        };
    }
}
