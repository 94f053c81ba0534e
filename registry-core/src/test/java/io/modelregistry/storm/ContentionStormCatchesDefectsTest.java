package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.embedded.FlawedRegistries;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The storm of contention, in its brief form, reports every planted defect. */
@Timeout(120)
class ContentionStormCatchesDefectsTest {
    private static final Logger LOG = LoggerFactory.getLogger(ContentionStormCatchesDefectsTest.class);
    private static final Crowd.Size BRIEF = new Crowd.Size(4, 4, 1, 800);

    /** Mistakes that only others who write at the same time show. */
    enum Defect {
        /** A refused write is taken as lost, although it was refused because it had won before. */
        TRUSTS_A_412_BLINDLY(node -> FlawedRegistries.takingEachRefusalAsLost(PlantedNodes.repeatingRequests(node))),
        /** The store compares, and then writes. */
        COMPARES_THEN_WRITES(node -> open(PlantedNodes.comparingThenWriting(node))),
        /** The store ignores that an object must be absent. */
        IGNORES_IF_ABSENT(node -> open(PlantedNodes.ignoringIfAbsent(node))),
        /** An edit is made whatever revision its caller expected. */
        DROPS_THE_EXPECTED_REVISION(node -> ForgetfulRegistries.droppingTheExpectedRevision(open(node)));

        private final Function<StorageNode, ModelRegistry> planted;

        Defect(Function<StorageNode, ModelRegistry> planted) {
            this.planted = planted;
        }
    }

    private static ModelRegistry open(StorageNode node) {
        return ModelRegistries.builder(node).leaveNodeOpen().open();
    }

    private static int blow(Function<StorageNode, ModelRegistry> registries) throws Exception {
        long seed = StormSettings.seed();
        try (StorageNode node = new InMemoryStorageNode()) {
            return new ContentionStorm("planted", seed).blow(Crowd.ofThreads(node, seed, registries), BRIEF);
        }
    }

    @ParameterizedTest
    @EnumSource
    void reports(Defect defect) {
        assertThatThrownBy(() -> blow(defect.planted))
                .isInstanceOf(StormFailure.class)
                .hasMessageStartingWith("Contention storm, planted, seed " + StormSettings.seed())
                .satisfies(failure -> LOG.info("{} was reported: {}", defect, failure.getMessage()));
    }

    @Test
    void isSilentAboutRequestsThatAClientRepeats() throws Exception {
        assertThat(blow(node -> open(PlantedNodes.repeatingRequests(node)))).isGreaterThanOrEqualTo(800);
    }
}
