package io.modelregistry.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class DepthFirstTest {
    private static final StoreAudit NO_AUDIT = new StoreAudit() {
        @Override
        public void written(StorageKey key, byte[] bytes) {
            // Nothing is promised here.
        }

        @Override
        public void deleted(StorageKey key) {
            // Nothing is promised here.
        }
    };

    private static List<Interleaving> all(int surprises, Faults faults, IntFunction<StorageKey> keys) {
        List<Interleaving> all = new ArrayList<>();
        DepthFirst chooser = new DepthFirst(surprises);
        try (Crew crew = new Crew()) {
            while (chooser.advance()) {
                Interleaving one = new Interleaving(
                        new InMemoryStorageNode(), NO_AUDIT, chooser, faults, new Trace(Trace.Detail.NUMBER));
                one.run(
                        crew,
                        List.of(threeDeletes(one.node(0), keys.apply(0)), threeDeletes(one.node(1), keys.apply(1))));
                assertThat(one.failure()).isEmpty();
                all.add(one);
            }
        }
        return all;
    }

    private static Interleaving.Part threeDeletes(StorageNode node, StorageKey key) {
        return () -> {
            node.delete(key);
            node.delete(key);
            node.delete(key);
        };
    }

    private static Set<String> schedules(List<Interleaving> all) {
        Set<String> schedules = new HashSet<>();
        all.forEach(one -> schedules.add(one.toString()));
        return schedules;
    }

    @Test
    void enumeratesEveryInterleavingOnce() {
        List<Interleaving> all = all(100, Faults.NONE, client -> StorageKey.of("same"));
        assertThat(all).hasSize(20);
        assertThat(schedules(all)).hasSize(20).contains("0 0 0 1 1 1", "0 1 0 1 0 1", "1 1 1 0 0 0");
        assertThat(all.stream().map(Interleaving::equivalence).distinct()).hasSize(20);
    }

    @Test
    void countsTheOrderOfCallsThatDoNotMeetOnce() {
        List<Interleaving> all = all(100, Faults.NONE, client -> StorageKey.of("key-" + client));
        assertThat(schedules(all)).hasSize(20);
        assertThat(all.stream().map(Interleaving::equivalence).distinct()).hasSize(1);
    }

    @Test
    void changesTheClientOnlyAsOftenAsItMay() {
        assertThat(schedules(all(0, Faults.NONE, client -> StorageKey.of("same"))))
                .containsExactlyInAnyOrder("0 0 0 1 1 1", "1 1 1 0 0 0");
        assertThat(schedules(all(1, Faults.NONE, client -> StorageKey.of("same"))))
                .contains("0 1 1 1 0 0", "1 1 0 0 0 1")
                .doesNotContain("0 1 0 1 1 0");
    }

    @Test
    void letsFaultsHappenEverywhere() {
        Set<String> schedules = schedules(all(1, new Faults(1, 0, 1, 0), client -> StorageKey.of("same")));
        assertThat(schedules).contains("0 0! 1 1 1", "0 0= 0 1 1 1").doesNotContain("0 0= 0 >0 1 1 1");
        assertThat(schedules(all(2, new Faults(1, 0, 1, 0), client -> StorageKey.of("same"))))
                .contains("0 0= 0 >0 1 1 1");
    }

    @Test
    void schedulesAreReadAsTheyAreWritten() {
        String schedule = "0 1+ 10- 2~ 0* 1= 1x 0! >0 >12";
        assertThat(String.join(
                        " ",
                        Choice.parse(schedule).stream().map(Choice::toString).toList()))
                .isEqualTo(schedule);
        assertThatThrownBy(() -> Choice.parse("0 ?1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'?1' is no choice");
    }
}
