package io.modelregistry.internal.commit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.model.ModelName;
import io.modelregistry.storm.StormSettings;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lets Lincheck try the interleavings of threads that queue for their turn. */
class CommitQueueLincheckTest {
    private static final int ITERATIONS = StormSettings.rounds(3, 40);
    private static final int INVOCATIONS = StormSettings.rounds(60, 500);

    @Test
    void whatIsDoneInTurnIsNotDoneAtTheSameTime() {
        options().check(Queued.class);
    }

    @Test
    @Tag("long")
    void whatIsDoneOutOfTurnIsFoundOut() {
        assertThatThrownBy(() -> options().minimizeFailedScenario(false).check(Unqueued.class))
                .hasMessageContaining("Invalid execution results");
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(2);
    }

    /** A number that is read and written in turn. */
    public static class Queued {
        private final CommitQueue queue = new CommitQueue();
        private final ModelKeys keys = ModelKeys.of(ModelName.parse("iris"));
        private int count;

        /** Adds one. */
        @Operation
        public int increment() {
            CommitQueue.Turn turn = queue.enter(keys, "count");
            try {
                count = count + 1;
                return count;
            } finally {
                turn.close();
            }
        }
    }

    /** The same without a queue. */
    public static class Unqueued {
        private int count;

        /** Adds one. */
        @Operation
        public int increment() {
            count = count + 1;
            return count;
        }
    }
}
