package io.modelregistry.storage.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that meet at one key. */
public interface ThreadRaceContract extends ContractSubject {
    /** How many threads race. */
    int THREADS = 8;

    @Test
    default void exactlyOneOfManyCreatesWins() throws Exception {
        int rounds = 60;
        CyclicBarrier together = new CyclicBarrier(THREADS);
        List<boolean[]> wins = Race.of(THREADS).run(thread -> {
            boolean[] won = new boolean[rounds];
            for (int round = 0; round < rounds; round++) {
                together.await(60, TimeUnit.SECONDS);
                Optional<Boolean> told = wins(() -> create("race/x", "thread " + thread), "race/x");
                together.await(60, TimeUnit.SECONDS);
                won[round] = told.isPresent() ? told.get() : read("race/x").equals("thread " + thread);
                together.await(60, TimeUnit.SECONDS);
                if (won[round]) {
                    assertThat(read("race/x")).isEqualTo("thread " + thread);
                    node().delete(key("race/x"));
                }
            }
            return won;
        });
        assertOneWinnerEach(wins, rounds);
    }

    @Test
    default void exactlyOneOfManyUpdatesOfAGenerationWins() throws Exception {
        int rounds = 60;
        CyclicBarrier together = new CyclicBarrier(THREADS);
        create("race/x", "start");
        List<boolean[]> wins = Race.of(THREADS).run(thread -> {
            boolean[] won = new boolean[rounds];
            for (int round = 0; round < rounds; round++) {
                String etag = node().find(key("race/x")).orElseThrow().etag();
                String text = "round " + round + " thread " + thread;
                together.await(60, TimeUnit.SECONDS);
                Optional<Boolean> told = wins(() -> update("race/x", text, etag), "race/x");
                together.await(60, TimeUnit.SECONDS);
                won[round] = told.isPresent() ? told.get() : read("race/x").equals(text);
                assertThat(read("race/x").equals(text))
                        .as("only the winner's content")
                        .isEqualTo(won[round]);
                together.await(60, TimeUnit.SECONDS);
            }
            return won;
        });
        assertOneWinnerEach(wins, rounds);
    }

    /** Whether an attempt has won; empty if the store did not say so, and it has to be read back. */
    private static Optional<Boolean> wins(Attempt attempt, String key) throws IOException {
        try {
            attempt.run();
            return Optional.of(true);
        } catch (WriteConflictException e) {
            assertThat(e).hasMessageContaining("'" + key + "'");
            return Optional.of(false);
        } catch (WriteOutcomeUnknownException e) {
            assertThat(e).hasMessageContaining("'" + key + "'");
            return Optional.empty();
        }
    }

    private static void assertOneWinnerEach(List<boolean[]> wins, int rounds) {
        for (int round = 0; round < rounds; round++) {
            int winners = 0;
            for (boolean[] won : wins) {
                winners += won[round] ? 1 : 0;
            }
            assertThat(winners).as("winners of round %d", round).isEqualTo(1);
        }
    }

    @Test
    default void aCounterLosesNoIncrement() throws Exception {
        create("counter", "0");
        Race.of(4).run(thread -> {
            for (int i = 0; i < 40; i++) {
                increment(node(), key("counter"));
            }
            return thread;
        });
        assertThat(number(read("counter"))).isEqualTo(160);
    }

    /** The number that a counter has reached. */
    static int number(String counter) {
        return Integer.parseInt(counter.split(" ", 2)[0]);
    }

    /**
     * Adds one to a number by compare-and-swap, however long it takes. The counter also holds the id of each increment,
     * so that one whose outcome the store did not tell can be looked for.
     */
    static void increment(StorageNode node, StorageKey key) throws IOException {
        String id = UUID.randomUUID().toString();
        boolean isInDoubt = false;
        while (true) {
            try (OpenObject opened = node.open(key)) {
                String text = new String(opened.stream().readAllBytes(), UTF_8);
                if (isInDoubt && text.contains(id)) {
                    return;
                }
                String ids = text.contains(" ") ? text.substring(text.indexOf(' ')) : "";
                node.write(
                        key,
                        ContractSubject.text((number(text) + 1) + ids + " " + id),
                        WriteCondition.ifMatches(opened.object().etag()));
                return;
            } catch (WriteConflictException e) {
                Thread.onSpinWait();
            } catch (WriteOutcomeUnknownException e) {
                isInDoubt = true;
            }
        }
    }

    /**
     * A put between the check and the write of an update would vanish; then the update had not replaced what it was
     * told to.
     */
    @Test
    default void putsAndDeletesDoNotSlipIntoAnUpdate() throws Exception {
        Map<String, String> replacedBy = new ConcurrentHashMap<>();
        Race.of(6).run(thread -> {
            for (int i = 0; i < 40; i++) {
                String text = "thread " + thread + " step " + i;
                if (thread == 0) {
                    put("k", text);
                } else if (thread == 1) {
                    node().delete(key("k"));
                } else {
                    String etag = node().find(key("k")).map(StoredObject::etag).orElse("none");
                    Optional<Boolean> won = wins(
                            () -> {
                                if ("none".equals(etag)) {
                                    create("k", text);
                                } else {
                                    update("k", text, etag);
                                }
                            },
                            "k");
                    if (won.orElse(false) && !"none".equals(etag)) {
                        assertThat(replacedBy.putIfAbsent(etag, text))
                                .as("another update of one generation")
                                .isNull();
                    }
                }
            }
            return thread;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {200_000, LARGE})
    default void aReaderSeesOneGenerationAsAWhole(int size) throws Exception {
        int generations = size == LARGE ? 6 : 60;
        AtomicBoolean done = new AtomicBoolean();
        Map<String, Byte> contents = new ConcurrentHashMap<>();
        node().write(key("a/k"), uniform((byte) 0, size), WriteCondition.unconditional());
        Race.of(4).run(thread -> {
            if (thread == 0) {
                for (int i = 1; i <= generations; i++) {
                    StoredObject written =
                            node().write(key("a/k"), uniform((byte) i, size + i), WriteCondition.unconditional());
                    assertThat(contents.merge(written.etag(), (byte) i, (a, b) -> a.equals(b) ? a : (byte) -1))
                            .isEqualTo((byte) i);
                }
                done.set(true);
                return 0;
            }
            int reads = 0;
            while ((!done.get() && !Thread.currentThread().isInterrupted()) || reads == 0) {
                try (OpenObject opened = node().open(key("a/k"))) {
                    byte[] bytes = opened.stream().readAllBytes();
                    assertThat((long) bytes.length).isEqualTo(opened.object().size());
                    byte[] expected = new byte[bytes.length];
                    Arrays.fill(expected, bytes[0]);
                    assertThat(Arrays.equals(bytes, expected))
                            .as("one generation")
                            .isTrue();
                    assertThat(bytes.length).isEqualTo(size + bytes[0]);
                    Byte known = contents.putIfAbsent(opened.object().etag(), bytes[0]);
                    assertThat(known == null ? bytes[0] : known)
                            .as("etag and content")
                            .isEqualTo(bytes[0]);
                    reads++;
                }
            }
            return reads;
        });
    }

    private static Content uniform(byte value, int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, value);
        return Content.of(bytes);
    }

    @Test
    default void aReaderOfAnObjectThatComesAndGoesSeesAllOrNothing() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Race.of(3).run(thread -> {
            if (thread == 0) {
                for (int i = 0; i < 40; i++) {
                    node().write(key("a/b/k"), uniform((byte) 1, 100_000), WriteCondition.ifAbsent());
                    node().delete(key("a/b/k"));
                }
                done.set(true);
                return 0;
            }
            int seen = 0;
            while (!done.get() && !Thread.currentThread().isInterrupted()) {
                try (OpenObject opened = node().open(key("a/b/k"))) {
                    assertThat(opened.stream().readAllBytes()).hasSize(100_000);
                    seen++;
                } catch (NoSuchKeyException e) {
                    assertThat(e).hasMessageContaining("'a/b/k'");
                }
                node().list(KeyPrefix.ROOT, null, 10)
                        .forEach(row -> assertThat(row.size()).isEqualTo(100_000));
            }
            return seen;
        });
    }

    @Test
    default void createsSucceedInFoldersThatDeletesEmpty() throws Exception {
        Race.of(4).run(thread -> {
            for (int i = 0; i < 30; i++) {
                String key = "shared/folder/deep/k" + thread;
                create(key, "x");
                assertThat(node().find(key(key))).as("just created").isPresent();
                assertThat(keysBelow("shared")).contains(key);
                node().delete(key(key));
                assertThat(node().find(key(key))).as("just deleted").isEmpty();
            }
            return thread;
        });
        assertThat(node().listFolders(KeyPrefix.ROOT, null, 10)).isEmpty();
    }

    @Test
    default void pagingMissesNoObjectThatStaysWhileOthersComeAndGo() throws Exception {
        List<String> staying = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            staying.add("m/" + i + "/stays");
            put("m/" + i + "/stays", "x");
        }
        AtomicBoolean done = new AtomicBoolean();
        Race.of(3).run(thread -> {
            if (thread > 0) {
                for (int i = 10; i < 40; i++) {
                    create("m/" + i + "/goes" + thread, "x");
                    create("m/" + i + "-" + thread + "/goes", "x");
                    node().delete(key("m/" + i + "/goes" + thread));
                    node().delete(key("m/" + i + "-" + thread + "/goes"));
                }
                done.set(true);
                return 0;
            }
            int rounds = 0;
            while ((!done.get() && !Thread.currentThread().isInterrupted()) || rounds == 0) {
                List<String> keys = new ArrayList<>();
                StorageKey last = null;
                while (true) {
                    var page = node().list(KeyPrefix.of("m"), last, 5);
                    keys.addAll(ContractSubject.texts(page));
                    if (page.size() < 5) {
                        break;
                    }
                    last = page.get(4).key();
                }
                assertThat(keys).isSorted().doesNotHaveDuplicates().containsAll(staying);
                rounds++;
            }
            return rounds;
        });
    }

    /** One try of a conditional write. */
    @FunctionalInterface
    interface Attempt {
        /** Writes. */
        void run() throws IOException;
    }
}
