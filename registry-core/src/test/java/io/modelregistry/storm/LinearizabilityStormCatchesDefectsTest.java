package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.embedded.StormFlaws;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.time.Duration;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Each of these registries and nodes has a defect, and the storm of histories reports it. */
class LinearizabilityStormCatchesDefectsTest {
    private static final int ROUNDS = 30;

    @Test
    void aNodeThatIgnoresConditions() {
        assertObjectsCaught(DefectiveNodes::ignoringConditions);
        assertRegistriesCaught(FaultStormCatchesDefectsTest.over(DefectiveNodes::ignoringConditions));
    }

    @Test
    void aNodeWithTwoWinners() {
        assertObjectsCaught(DefectiveNodes::checkingThenCreating);
    }

    @Test
    void aNodeThatRetriesBlindly() {
        assertObjectsCaught(DefectiveNodes::retryingBlindly);
    }

    @Test
    void aNodeThatGoesBack() {
        assertObjectsCaught(DefectiveNodes::goingBack);
        assertRegistriesCaught(FaultStormCatchesDefectsTest.over(DefectiveNodes::goingBack));
    }

    @Test
    void aRegistryThatAnswersFromMemoryForLongerThanItSays() {
        assertRegistriesCaught(new StormClients() {
            @Override
            public ModelRegistry registry(StorageNode node, Duration commitLimit) {
                return ModelRegistries.builder(node)
                        .leaveNodeOpen()
                        .commitLimit(commitLimit)
                        .freshness(Duration.ofHours(1))
                        .open();
            }
        });
    }

    @Test
    void aRegistryThatTrustsARefusalBlindly() {
        assertRegistriesCaught(FaultStormCatchesDefectsTest.flawed(StormFlaws.TRUSTS_A_REFUSAL));
    }

    @Test
    void aRegistryThatAcknowledgesBeforeTheCommit() {
        assertRegistriesCaught(FaultStormCatchesDefectsTest.flawed(StormFlaws.ACKNOWLEDGES_BEFORE_THE_COMMIT));
    }

    @Test
    void aRegistryThatReadsBackByContent() {
        assertRegistriesCaught(FaultStormCatchesDefectsTest.flawed(StormFlaws.READS_BACK_BY_CONTENT));
    }

    private static void assertObjectsCaught(UnaryOperator<StorageNode> defect) {
        StorageHistory history = new StorageHistory(new MemoryStores(), FaultStormCatchesDefectsTest.over(defect));
        assertCaught(history::blow);
    }

    private static void assertRegistriesCaught(StormClients clients) {
        assertCaught(new RegistryHistory(new MemoryStores(), clients)::blow);
    }

    /** A history. */
    private interface Round {
        int blow(String where, long seed) throws Exception;
    }

    private static void assertCaught(Round round) {
        assertThatThrownBy(() -> {
                    Random seeds = new Random(StormSettings.seed());
                    for (int i = 0; i < ROUNDS; i++) {
                        round.blow("seed " + StormSettings.seed() + ", round " + i, seeds.nextLong());
                    }
                })
                .isExactlyInstanceOf(StormFailure.class)
                .hasMessageContaining("seed " + StormSettings.seed() + ", round ")
                .hasMessageMatching("(?s).*(does not fit behind|, a client: io.modelregistry|, afterwards: ).*");
    }
}
