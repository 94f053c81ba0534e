package io.modelregistry.storage.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a {@link StorageNode} promises to several processes over one store, to small heaps, and to those who come after
 * a kill.
 */
@Timeout(300)
public abstract class StorageNodeProcessContract {
    /** How many processes race. */
    private static final int PROCESSES = 4;

    private static final int HEAP = 64;

    /** For subclasses. */
    protected StorageNodeProcessContract() {}

    /** A store that holds nothing. */
    protected abstract SharedStore emptyStore() throws Exception;

    @Test
    void aCounterOfSeveralProcessesLosesNoIncrement() throws Exception {
        SharedStore store = emptyStore();
        try (StorageNode node = store.open()) {
            StorageKey counter = StorageKey.of("shared/counter");
            node.write(counter, ContractSubject.text("0"), WriteCondition.ifAbsent());
            List<List<String>> outputs = race(store, process -> List.of("count", "shared/counter", "200"));
            assertThat(outputs).containsOnly(List.of("counted"));
            assertThat(number(node, counter)).isEqualTo(800);
        }
    }

    @Test
    void exactlyOneOfSeveralProcessesCreatesEachKey() throws Exception {
        int rounds = 150;
        SharedStore store = emptyStore();
        List<List<String>> wins = race(
                store,
                process -> List.of("create", "shared/deep/race", Integer.toString(rounds), "process " + process));
        try (StorageNode node = store.open()) {
            assertThat(node.list(KeyPrefix.ROOT, null, 1000)).hasSize(rounds);
            for (int round = 0; round < rounds; round++) {
                List<String> winners = new ArrayList<>();
                for (int process = 0; process < PROCESSES; process++) {
                    if (wins.get(process).contains(Integer.toString(round))) {
                        winners.add("process " + process);
                    }
                }
                String text = new String(node.readAll(StorageKey.of("shared/deep/race/" + round)), UTF_8);
                assertThat(winners).as("winners of round %d", round).containsExactly(text);
            }
        }
    }

    @Test
    void aKillLeavesWholeObjectsAndNoLock() throws Exception {
        SharedStore store = emptyStore();
        StorageKey key = StorageKey.of("killed/object");
        StorageKey counter = StorageKey.of("killed/counter");
        try (StorageNode node = store.open()) {
            node.write(counter, ContractSubject.text("0"), WriteCondition.ifAbsent());
            for (int kill = 1; kill <= 3; kill++) {
                int before = number(node, counter);
                int acknowledged = killAfterSome(store, 5 * kill);
                byte[] bytes = node.readAll(key);
                assertThat(bytes).hasSize(1 << 20).containsOnly(bytes[0]);
                assertThat(number(node, counter) - before).isBetween(acknowledged, acknowledged + 1);
                assertThat(node.list(KeyPrefix.ROOT, null, 10)).hasSize(2);
                ThreadRaceContract.increment(node, counter);
            }
        }
    }

    private static int number(StorageNode node, StorageKey counter) throws Exception {
        return ThreadRaceContract.number(new String(node.readAll(counter), UTF_8));
    }

    private static int killAfterSome(SharedStore store, int writes) throws Exception {
        try (ChildProcess child =
                ChildProcess.start(store, HEAP, List.of("generations", "killed/object", "killed/counter"))) {
            child.awaitReady();
            child.begin();
            for (int i = 1; i < writes; i++) {
                child.nextLine();
            }
            child.kill();
            int acknowledged = writes - 1;
            for (String line = child.nextLine(); line != null; line = child.nextLine()) {
                acknowledged = Integer.parseInt(line);
            }
            return acknowledged;
        }
    }

    @Test
    void anObjectLargerThanTheHeapIsStreamed() throws Exception {
        streamInSmallHeap(200L << 20);
    }

    @Test
    @Tag("long")
    void anObjectOfOneGibibyteIsStreamedInASmallHeap() throws Exception {
        streamInSmallHeap(1L << 30);
    }

    private void streamInSmallHeap(long size) throws Exception {
        SharedStore store = emptyStore();
        try (ChildProcess child =
                ChildProcess.start(store, HEAP, List.of("stream", "large/object", Long.toString(size)))) {
            child.awaitReady();
            child.begin();
            assertThat(child.finish()).containsExactly("streamed");
        }
        try (StorageNode node = store.open()) {
            assertThat(node.find(StorageKey.of("large/object")).orElseThrow().size())
                    .isEqualTo(size);
        }
    }

    private static List<List<String>> race(SharedStore store, TaskOfProcess task) throws Exception {
        List<ChildProcess> children = new ArrayList<>();
        try {
            for (int process = 0; process < PROCESSES; process++) {
                children.add(ChildProcess.start(store, HEAP, task.of(process)));
            }
            for (ChildProcess child : children) {
                child.awaitReady();
            }
            for (ChildProcess child : children) {
                child.begin();
            }
            List<List<String>> outputs = new ArrayList<>();
            for (ChildProcess child : children) {
                outputs.add(child.finish());
            }
            return outputs;
        } finally {
            for (ChildProcess child : children) {
                child.close();
            }
        }
    }

    @FunctionalInterface
    private interface TaskOfProcess {
        List<String> of(int process);
    }
}
