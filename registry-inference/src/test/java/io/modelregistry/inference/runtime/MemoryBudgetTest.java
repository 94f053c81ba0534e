package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.modelregistry.inference.runtime.MemorySnapshot.Holding;
import io.modelregistry.inference.runtime.MemorySnapshot.State;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MemoryBudgetTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private final List<String> evicted = Collections.synchronizedList(new ArrayList<>());

    /** A loaded model that gives its memory back at once. */
    private Reservation idle(MemoryBudget budget, String model, long bytes) {
        Reservation reservation = budget.reserve(model, bytes);
        reservation.makeEvictable(() -> {
            evicted.add(model);
            return Optional.of(CompletableFuture.completedFuture(null));
        });
        return reservation;
    }

    private static Reservation busy(MemoryBudget budget, String model, long bytes) {
        Reservation reservation = budget.reserve(model, bytes);
        reservation.makeEvictable(Optional::empty);
        return reservation;
    }

    private static Reservation pinned(MemoryBudget budget, String model, long bytes) {
        Reservation reservation = budget.reserve(model, bytes);
        reservation.pin();
        return reservation;
    }

    private static MemoryBudgetExceededException refusal(MemoryBudget budget, String model, long bytes) {
        return catchThrowableOfType(MemoryBudgetExceededException.class, () -> budget.reserve(model, bytes));
    }

    @Test
    void admitsWhatFitsAndTakesItBack() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = budget.reserve("a", 60);
        Reservation b = budget.reserve("b", 40);
        assertThat(budget.admitted()).isEqualTo(100);
        a.close();
        a.close();
        assertThat(budget.admitted()).isEqualTo(40);
        assertThat(a.bytes()).isZero();
        a.resize(50);
        b.close();
        assertThat(budget.admitted()).isZero();
        assertThat(budget.snapshot().holdings()).isEmpty();
    }

    @Test
    void refusesWithTheNumbersAndChangesNothing() {
        MemoryBudget budget = MemoryBudget.ofBytes(100 << 20);
        pinned(budget, "large", 60 << 20);
        idle(budget, "small", 10 << 20);
        MemoryBudgetExceededException refusal = refusal(budget, "new:1.0.0", 50 << 20);
        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refusal.required()).isEqualTo(50 << 20);
        assertThat(refusal.limit()).isEqualTo(100 << 20);
        assertThat(refusal.admitted()).isEqualTo(70 << 20);
        assertThat(refusal.evictable()).isEqualTo(10 << 20);
        assertThat(refusal)
                .hasMessage("Cannot load 'new:1.0.0': it takes 50.0 MiB (52428800 bytes), and of the memory budget of "
                        + "100.0 MiB are 70.0 MiB admitted and 10.0 MiB evictable; what is pinned leaves too little; "
                        + "the largest of 2: 'large' 60.0 MiB pinned, 'small' 10.0 MiB evictable, expected a smaller "
                        + "model, a larger budget, or fewer pinned models");
        assertThat(budget.admitted()).isEqualTo(70 << 20);
        assertThat(evicted).isEmpty();
    }

    @Test
    void evictsTheLeastRecentlyUsedFirstAndNoMoreThanNeeded() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = idle(budget, "a", 30);
        Reservation b = idle(budget, "b", 30);
        Reservation c = idle(budget, "c", 30);
        long now = System.nanoTime();
        a.touch(now - 1_000_000);
        b.touch(now - 3_000_000);
        c.touch(now - 2_000_000);
        budget.reserve("d", 60).close();
        assertThat(evicted).containsExactly("b", "c");
        assertThat(budget.admitted()).isEqualTo(30);
    }

    @Test
    void waitsUntilTheMemoryIsReallyBack() throws Exception {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        CompletableFuture<Void> back = new CompletableFuture<>();
        Reservation a = budget.reserve("a", 80);
        a.makeEvictable(() -> Optional.of(back));
        CompletableFuture<Reservation> b = CompletableFuture.supplyAsync(() -> budget.reserve("b", 50));
        await().until(() -> budget.snapshot().bytes(State.EVICTING) == 80);
        assertThat(budget.admitted()).isEqualTo(80);
        assertThat(b).isNotDone();
        back.complete(null);
        assertThat(b.get().bytes()).isEqualTo(50);
        assertThat(budget.admitted()).isEqualTo(50);
        a.close();
        assertThat(budget.admitted()).isEqualTo(50);
    }

    @Test
    void asksAModelThatIsInUseAgain() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        AtomicInteger asked = new AtomicInteger();
        Reservation a = budget.reserve("a", 80);
        a.makeEvictable(() ->
                asked.incrementAndGet() < 4 ? Optional.empty() : Optional.of(CompletableFuture.completedFuture(null)));
        budget.reserve("b", 50).close();
        assertThat(asked).hasValue(4);
    }

    @Test
    void givesUpWhenModelsStayInUse() {
        MemoryBudget budget = MemoryBudget.ofBytes(100, SHORT);
        busy(budget, "a", 80);
        assertThat(refusal(budget, "b", 50)).hasMessageContaining("too little was given back in 50 ms");
        assertThat(budget.admitted()).isEqualTo(80);
        assertThat(budget.snapshot().bytes(State.EVICTABLE)).isEqualTo(80);
    }

    @Test
    void asksAnotherModelWhenTheOldestIsInUse() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        busy(budget, "a", 50).touch(System.nanoTime() - 1_000_000_000);
        idle(budget, "b", 50);
        budget.reserve("c", 50);
        assertThat(evicted).containsExactly("b");
    }

    @Test
    void waitsForAModelThatIsBeingLoaded() throws Exception {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation loading = budget.reserve("a", 60);
        idle(budget, "b", 40);
        CompletableFuture<Reservation> c = CompletableFuture.supplyAsync(() -> budget.reserve("c", 80));
        await().during(SHORT).until(() -> evicted.isEmpty() && !c.isDone());
        loading.makeEvictable(() -> Optional.of(CompletableFuture.completedFuture(null)));
        assertThat(c.get().bytes()).isEqualTo(80);
    }

    @Test
    void doesNotEvictForAModelThatCannotFit() {
        MemoryBudget budget = MemoryBudget.ofBytes(100, SHORT);
        budget.reserve("loading", 30);
        idle(budget, "a", 60);
        assertThat(refusal(budget, "b", 80)).isNotNull();
        assertThat(refusal(budget, "c", 101)).isNotNull();
        assertThat(evicted).isEmpty();
    }

    @Test
    void aPinnedModelStaysUntilItIsEvictable() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = idle(budget, "a", 80);
        a.pin();
        assertThat(refusal(budget, "b", 50)).isNotNull();
        assertThat(evicted).isEmpty();
        a.makeEvictable(() -> Optional.of(CompletableFuture.completedFuture(null)));
        assertThat(budget.reserve("b", 50).bytes()).isEqualTo(50);
    }

    @Test
    void pinningWhileTheModelRefusesToUnloadIsNotLost() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = budget.reserve("a", 80);
        a.makeEvictable(() -> {
            a.pin();
            return Optional.empty();
        });
        assertThat(refusal(budget, "b", 50)).hasMessageContaining("pinned leaves too little");
        assertThat(budget.snapshot().bytes(State.PINNED)).isEqualTo(80);
    }

    @Test
    void anUnloadingThatFailsKeepsTheMemory() {
        for (Optional<CompletionStage<?>> answer : List.<Optional<CompletionStage<?>>>of(
                Optional.of(CompletableFuture.failedFuture(new IllegalStateException("planted"))), Optional.empty())) {
            MemoryBudget budget = MemoryBudget.ofBytes(100);
            Reservation a = budget.reserve("a", 80);
            a.makeEvictable(() -> {
                if (answer.isEmpty()) {
                    throw new IllegalStateException("planted");
                }
                return answer;
            });
            assertThat(refusal(budget, "b", 50)).hasMessageContaining("pinned leaves too little");
            assertThat(budget.admitted()).isEqualTo(80);
            a.close();
            assertThat(budget.admitted()).isZero();
        }
    }

    @Test
    void growthIsAdmittedAndEvictsOthers() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = idle(budget, "a", 30);
        busy(budget, "busy", 30);
        Reservation b = budget.reserve("b", 40);
        b.resize(50);
        assertThat(evicted).containsExactly("a");
        assertThat(a.bytes()).isZero();
        assertThat(budget.admitted()).isEqualTo(80);
        b.resize(90);
        assertThat(budget.admitted()).isEqualTo(120);
        assertThat(b.bytes()).isEqualTo(90);
        b.resize(20);
        assertThat(budget.reserve("c", 50).bytes()).isEqualTo(50);
    }

    @Test
    void shrinkingLetsThoseThatWaitIn() throws Exception {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = budget.reserve("a", 80);
        CompletableFuture<Reservation> b = CompletableFuture.supplyAsync(() -> budget.reserve("b", 50));
        await().during(SHORT).until(() -> !b.isDone());
        a.resize(50);
        assertThat(b.get().bytes()).isEqualTo(50);
    }

    @Test
    void aLargeRequestIsNotOvertaken() throws Exception {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = budget.reserve("a", 60);
        CompletableFuture<Reservation> large = CompletableFuture.supplyAsync(() -> budget.reserve("large", 90));
        await().during(SHORT).until(() -> !large.isDone());
        CompletableFuture<Reservation> small = CompletableFuture.supplyAsync(() -> budget.reserve("small", 20));
        await().during(SHORT).until(() -> !small.isDone());
        a.close();
        large.get().close();
        assertThat(small.get().bytes()).isEqualTo(20);
    }

    @Test
    void anInterruptEndsTheWaitAndLeavesNothing() throws Exception {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        Reservation a = budget.reserve("a", 80);
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread waiter = new Thread(
                () -> {
                    Throwable thrown = catchThrowableOfType(RegistryException.class, () -> budget.reserve("b", 50));
                    end.complete(Thread.currentThread().isInterrupted() ? thrown : null);
                },
                "memory-waiter");
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        waiter.interrupt();
        assertThat(end.get()).isInstanceOf(RegistryException.class).hasMessageContaining("'b': the thread was inter");
        a.close();
        assertThat(budget.reserve("c", 100).bytes()).isEqualTo(100);
    }

    @Test
    void theSnapshotTellsWhoHoldsWhat() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        budget.reserve("loading", 10);
        pinned(budget, "pinned", 20);
        idle(budget, "idle", 30).touch(System.nanoTime() - 5_000_000_000L);
        MemorySnapshot snapshot = budget.snapshot();
        assertThat(snapshot.limit()).isEqualTo(100);
        assertThat(snapshot.admitted()).isEqualTo(60);
        assertThat(snapshot.holdings())
                .extracting(holding -> holding.model() + " " + holding.bytes() + " " + holding.state())
                .containsExactly("loading 10 LOADING", "pinned 20 PINNED", "idle 30 EVICTABLE");
        assertThat(snapshot.holdings().get(2)).extracting(Holding::idleNanos).matches(nanos -> nanos >= 5_000_000_000L);
    }

    @Test
    void anUnlimitedBudgetOnlyCounts() {
        MemoryBudget budget = MemoryBudget.unlimited();
        assertThat(budget.reserve("a", 1L << 40).bytes()).isEqualTo(1L << 40);
        assertThat(budget.reserve("b", 1L << 40).bytes()).isEqualTo(1L << 40);
        assertThat(budget).hasToString("MemoryBudget[2199023255552 of unlimited bytes]");
    }

    @Test
    void sizesBelowZeroAreRefused() {
        MemoryBudget budget = MemoryBudget.ofBytes(100);
        assertThatThrownBy(() -> budget.reserve("a", -1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> MemoryBudget.ofBytes(-1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> MemoryBudget.ofBytes(1, Duration.ofMillis(-1)))
                .isInstanceOf(InvalidValueException.class);
        Reservation a = budget.reserve("a", 5);
        assertThatThrownBy(() -> a.resize(-1)).isInstanceOf(InvalidValueException.class);
        assertThat(budget.admitted()).isEqualTo(5);
    }
}
