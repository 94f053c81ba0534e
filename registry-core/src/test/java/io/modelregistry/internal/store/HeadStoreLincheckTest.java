package io.modelregistry.internal.store;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.HeadStore.Generation;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import io.modelregistry.storm.StormSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Lets Lincheck compare threads that remember heads with a number that only grows. */
class HeadStoreLincheckTest {
    private static final int ITERATIONS = StormSettings.rounds(3, 40);
    private static final int INVOCATIONS = StormSettings.rounds(60, 500);

    @Test
    void whatIsRememberedOnlyMovesForward() {
        new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(3)
                .sequentialSpecification(Greatest.class)
                .check(Heads.class);
    }

    /** The heads of one model, which the store does not hold any more. */
    @Param(name = "revision", gen = IntGen.class, conf = "1:5")
    public static class Heads {
        private static final ModelKeys KEYS = ModelKeys.of(ModelName.parse("iris"));
        private static final List<Head> HEADS = heads();

        private final InMemoryStorageNode node = new InMemoryStorageNode();
        private final HeadStore store =
                new HeadStore(node, new PageStore(node), Duration.ofDays(1).toNanos());

        /** Remembers a revision. */
        @Operation
        public void remember(@Param(name = "revision") int revision) {
            store.remember(KEYS, HEADS.get(revision - 1), new Generation("etag-" + revision, 1, store.now()));
        }

        /** The revision that is remembered; 0 if there is none. */
        @Operation
        public long revision() {
            return store.read(KEYS).map(StoredHead::revision).orElse(0L);
        }

        private static List<Head> heads() {
            List<Head> heads = new ArrayList<>();
            InMemoryStorageNode node = new InMemoryStorageNode();
            try (ModelRegistry registry = ModelRegistries.open(node)) {
                for (int i = 0; i < 5; i++) {
                    registry.register(Registration.of("iris")
                            .file("m", new byte[] {(byte) i})
                            .build());
                    heads.add(HeadCodec.decode(node.readAll(KEYS.head())));
                }
            } catch (IOException | MalformedDocumentException e) {
                throw new AssertionError(e);
            }
            return heads;
        }
    }

    /** What is promised. */
    public static class Greatest {
        private long greatest;

        /** Remembers. */
        public void remember(int revision) {
            greatest = Math.max(greatest, revision);
        }

        /** Answers. */
        public long revision() {
            return greatest;
        }
    }
}
