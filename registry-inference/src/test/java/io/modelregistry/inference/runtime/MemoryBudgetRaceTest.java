package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads load, use, resize and give up models at once; what they really hold is counted beside the budget. */
@Timeout(120)
final class MemoryBudgetRaceTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 400;
    private static final long LIMIT = 1000;

    private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);
    private final ExecutorService unloaders = Executors.newFixedThreadPool(2);
    private final MemoryBudget budget = MemoryBudget.ofBytes(LIMIT, Duration.ofSeconds(60));
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong mostHeld = new AtomicLong();
    private final AtomicInteger evictions = new AtomicInteger();
    private final Queue<Model> loaded = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        callers.shutdownNow();
        unloaders.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neverAdmitsTooMuchAndNeverStops(long seed) throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(seed * 1000 + thread);
            tasks.add(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    step(random);
                }
                return null;
            });
        }
        for (Future<Void> end : callers.invokeAll(tasks)) {
            end.get();
        }
        loaded.forEach(Model::unload);
        assertThat(mostHeld).as("seed %s", seed).hasValueLessThanOrEqualTo(LIMIT);
        assertThat(mostHeld.get()).as("the budget was used up").isGreaterThan(LIMIT / 2);
        assertThat(evictions.get()).as("seed %s", seed).isGreaterThan(ROUNDS);
        assertThat(held).hasValue(0);
        assertThat(budget.admitted()).isZero();
        assertThat(budget.snapshot().holdings()).isEmpty();
    }

    private void step(Random random) {
        Model model = new Model(budget.reserve("model", 1 + random.nextInt(random.nextInt(10) == 0 ? 900 : 200)));
        model.load(random.nextInt(4));
        loaded.add(model);
        model.reservation.makeEvictable(model::tryEvict);
        for (int use = random.nextInt(4); use > 0; use--) {
            model.use();
        }
        if (random.nextInt(8) == 0) {
            model.unload();
        }
    }

    private final class Model {
        private final Reservation reservation;
        private long bytes;
        private int users;
        private boolean gone;

        Model(Reservation reservation) {
            this.reservation = reservation;
        }

        synchronized void load(int choice) {
            bytes = reservation.bytes();
            long now = held.addAndGet(bytes);
            mostHeld.accumulateAndGet(now, Math::max);
            if (choice == 0) {
                long less = bytes / 2;
                held.addAndGet(less - bytes);
                bytes = less;
                reservation.resize(less);
            }
        }

        void use() {
            synchronized (this) {
                if (gone) {
                    return;
                }
                users++;
            }
            reservation.touch(System.nanoTime());
            Thread.yield();
            synchronized (this) {
                users--;
            }
        }

        synchronized Optional<CompletionStage<?>> tryEvict() {
            if (users > 0 || gone) {
                return Optional.empty();
            }
            gone = true;
            evictions.incrementAndGet();
            return Optional.of(CompletableFuture.runAsync(() -> held.addAndGet(-bytes), unloaders));
        }

        void unload() {
            synchronized (this) {
                if (gone) {
                    return;
                }
                gone = true;
                held.addAndGet(-bytes);
            }
            reservation.close();
        }
    }
}
