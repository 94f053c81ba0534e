package io.modelregistry.storage.memory;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storm.StormSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lets Lincheck compare threads that use a node with a map that is used by one. */
class InMemoryStorageNodeLincheckTest {
    private static final int ITERATIONS = StormSettings.rounds(3, 40);
    private static final int PLANTED_ITERATIONS = 200;
    private static final int INVOCATIONS = StormSettings.rounds(60, 500);

    @Test
    void objectsAreLinearizable() {
        options().check(Objects.class);
    }

    @Test
    @Tag("long")
    void aNodeThatLooksAndThenWritesIsFoundOut() {
        assertThatThrownBy(() -> options()
                        .iterations(PLANTED_ITERATIONS)
                        .minimizeFailedScenario(false)
                        .check(LookingFirst.class))
                .hasMessageContaining("Invalid execution results");
    }

    private static StressOptions options() {
        return new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .sequentialSpecification(Plain.class);
    }

    /** Two objects whose contents are small numbers. */
    @Param(name = "key", gen = IntGen.class, conf = "0:1")
    @Param(name = "value", gen = IntGen.class, conf = "0:2")
    public static class Objects {
        final InMemoryStorageNode node = new InMemoryStorageNode();

        /** Writes if there is none. */
        @Operation(params = {"key", "value"})
        public boolean create(int key, int value) throws IOException {
            return write(key, value, WriteCondition.ifAbsent());
        }

        /** Writes if it is as expected; equal contents have equal etags. */
        @Operation(params = {"key", "value", "value"})
        public boolean replace(int key, int expected, int value) throws IOException {
            InMemoryStorageNode other = new InMemoryStorageNode();
            String etag = other.write(key(key), content(expected), WriteCondition.unconditional())
                    .etag();
            return write(key, value, WriteCondition.ifMatches(etag));
        }

        /** Writes in any case. */
        @Operation(params = {"key", "value"})
        public boolean put(int key, int value) throws IOException {
            return write(key, value, WriteCondition.unconditional());
        }

        boolean write(int key, int value, WriteCondition condition) throws IOException {
            try {
                node.write(key(key), content(value), condition);
                return true;
            } catch (WriteConflictException e) {
                return false;
            }
        }

        /** Reads; -1 if there is none. */
        @Operation(params = "key")
        public int read(int key) throws IOException {
            try {
                return Integer.parseInt(new String(node.readAll(key(key)), StandardCharsets.UTF_8));
            } catch (NoSuchKeyException e) {
                return -1;
            }
        }

        /** Removes. */
        @Operation(params = "key")
        public void delete(int key) throws IOException {
            node.delete(key(key));
        }

        static StorageKey key(int key) {
            return StorageKey.of("folder/" + key);
        }

        private static Content content(int value) {
            return Content.of(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The same over a node that looks whether there is an object, and then writes. */
    public static class LookingFirst extends Objects {
        @Override
        boolean write(int key, int value, WriteCondition condition) throws IOException {
            if (condition instanceof WriteCondition.IfAbsent && read(key) >= 0) {
                return false;
            }
            Thread.yield();
            boolean isCreate = condition instanceof WriteCondition.IfAbsent;
            return super.write(key, value, isCreate ? WriteCondition.unconditional() : condition);
        }
    }

    /** What the node promises. */
    public static class Plain {
        private final Map<Integer, Integer> objects = new HashMap<>();

        /** Writes if there is none. */
        public boolean create(int key, int value) {
            return objects.putIfAbsent(key, value) == null;
        }

        /** Writes if it is as expected. */
        public boolean replace(int key, int expected, int value) {
            return objects.replace(key, expected, value);
        }

        /** Writes. */
        public boolean put(int key, int value) {
            objects.put(key, value);
            return true;
        }

        /** Reads. */
        public int read(int key) {
            return objects.getOrDefault(key, -1);
        }

        /** Removes. */
        public void delete(int key) {
            objects.remove(key);
        }
    }
}
