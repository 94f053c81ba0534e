package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import io.modelregistry.storm.FaultScript.Deed;
import io.modelregistry.storm.FaultScript.Effect;
import io.modelregistry.storm.FaultScript.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;

/**
 * Lets every call below an operation go wrong in every way, one at a time, and looks at what is left.
 *
 * <p>The operation ends in success or in a typed error. The state afterwards, read without faults and without memory,
 * is the one before it or the one after it: after a success the one after it, after a definite failure the one before
 * it, also once others have gone on. Repeated without faults the operation succeeds. No stream is left open.
 */
final class FaultRun {
    static final Duration SHORT = Duration.ofMillis(3);

    private final StormStores stores;
    private final Disturbance disturbance;
    private final StormClients clients;
    private final long seed;
    private int faults;
    private int cases;

    FaultRun(StormStores stores, Disturbance disturbance, StormClients clients) {
        this.stores = stores;
        this.disturbance = disturbance;
        this.clients = clients;
        this.seed = StormSettings.seed();
    }

    /** How many faults there were so far. */
    int faults() {
        return faults;
    }

    /**
     * What a script starts from and leads to without faults.
     *
     * @param calls how many there are then of the kind that the disturbance disturbs
     */
    record Expected(FaultScript script, Start start, Map<String, String> after, int calls) {
        Map<String, String> before() {
            return start.seen();
        }
    }

    /** Every call of one operation; if there are more than so many, that number of them by chance. */
    void blow(Expected expected, int most) throws IOException {
        List<Integer> calls = new ArrayList<>();
        for (int call = 1; call <= expected.calls(); call++) {
            calls.add(call);
        }
        Collections.shuffle(calls, new Random(seed ^ (expected.script().name() + disturbance.name()).hashCode()));
        for (int call : calls.subList(0, Math.min(most, calls.size()))) {
            one(expected, call);
        }
    }

    /** What is there before the faults; made once for all of them. */
    record Start(Snapshot objects, Map<String, String> seen) {
        static Start of(FaultScript script) {
            InMemoryStorageNode node = new InMemoryStorageNode();
            try {
                use(node, new InMemoryStorageNode(), script.before());
                return new Start(Snapshot.of(node), StoreContents.models(node));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Runs a script without faults. */
    Expected expect(FaultScript script, Start start) throws IOException {
        try (StormStore store = stores.create();
                StormStore other = stores.create();
                Disturbance.Strike none = disturbance.begin(0, seed)) {
            store.fill(start.objects());
            try (ModelRegistry registry = clients.registry(none.open(store), SHORT)) {
                script.operation().on(new Scene(none.open(store), registry, none.open(other)));
            }
            Map<String, String> after = seen(store);
            boolean changes = script.effect() == Effect.COMMITS || script.effect() == Effect.ADDS_A_VERSION;
            if (changes && after.equals(start.seen())) {
                throw new StormFailure(script.name(), "it changes nothing even without faults");
            }
            return new Expected(script, start, after, none.calls());
        }
    }

    private void one(Expected expected, int call) throws IOException {
        String where = "fault storm on %s, seed %s, '%s', %s at call %s of %s"
                .formatted(stores.name(), seed, expected.script().name(), disturbance.name(), call, expected.calls());
        try (StormStore store = stores.create();
                StormStore other = stores.create()) {
            store.fill(expected.start().objects());
            Optional<Exception> error;
            cases++;
            try (Disturbance.Strike strike = disturbance.begin(call, seed + cases)) {
                error = attempt(where, expected.script(), strike, store, other);
                if (!strike.hasStruck()) {
                    return;
                }
                faults++;
                if (strike.openStreams() != 0) {
                    throw new StormFailure(where, strike.openStreams() + " streams were not closed");
                }
            }
            check(where, expected, error, store, other);
        } catch (StormFailure e) {
            throw e;
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new StormFailure(where, e);
        }
    }

    private Optional<Exception> attempt(
            String where, FaultScript script, Disturbance.Strike strike, StormStore store, StormStore other)
            throws IOException {
        StorageNode node = clients.node(strike.open(store));
        StorageNode maintained = clients.node(strike.open(store));
        StorageNode target = clients.node(strike.open(other));
        try (ModelRegistry registry = clients.registry(node, SHORT)) {
            script.operation().on(new Scene(maintained, registry, target));
            return Optional.empty();
        } catch (RegistryException e) {
            return Optional.of(e);
        } catch (IOException e) {
            if (script.effect() != Effect.READS) {
                throw new StormFailure(where, e);
            }
            return Optional.of(e);
        }
    }

    private void check(String where, Expected expected, Optional<Exception> error, StormStore store, StormStore other)
            throws IOException {
        switch (expected.script().effect()) {
            case COMMITS, ADDS_A_VERSION -> checkChange(where, expected, error, store);
            case READS -> {
                demand(seen(store).equals(expected.before()), where, error, "a read changed the store");
                repeat(where, expected, store, other);
            }
            case COLLECTS -> checkCollection(where, expected, error, store, other);
            case COPIES -> checkCopy(where, expected, error, store, other);
        }
    }

    private static void demand(boolean holds, String where, Optional<Exception> error, String what) {
        if (!holds) {
            StormFailure failure = new StormFailure(
                    where, error.map(e -> "it ended with " + e).orElse("it succeeded") + ", and " + what);
            error.ifPresent(failure::addSuppressed);
            throw failure;
        }
    }

    /** The first line in which two states differ. */
    private static String difference(Map<String, String> expected, Map<String, String> found) {
        List<String> left = expected.values().stream().flatMap(String::lines).toList();
        List<String> right = found.values().stream().flatMap(String::lines).toList();
        int same = 0;
        while (same < Math.min(left.size(), right.size()) && left.get(same).equals(right.get(same))) {
            same++;
        }
        return "line %s is '%s', expected '%s'"
                .formatted(
                        same,
                        same < right.size() ? right.get(same) : "missing",
                        same < left.size() ? left.get(same) : "missing");
    }

    private void checkChange(String where, Expected expected, Optional<Exception> error, StormStore store)
            throws IOException {
        Map<String, String> state = seen(store);
        boolean isAfter = state.equals(expected.after());
        boolean isBefore = state.equals(expected.before());
        boolean isUnknown = error.isPresent()
                && error.get() instanceof RegistryException e
                && e.code() == ErrorCode.OUTCOME_UNKNOWN;
        if (error.isEmpty()) {
            demand(isAfter, where, error, "the state is not the one after it: " + difference(expected.after(), state));
        } else if (isUnknown) {
            demand(
                    isAfter || isBefore,
                    where,
                    error,
                    "the state is in between: " + difference(expected.before(), state));
        } else {
            demand(
                    isBefore,
                    where,
                    error,
                    "the state is not the one before it: " + difference(expected.before(), state));
            demand(
                    versionsAfterTheNext(store) == StoreContents.versions(expected.before()) + 1,
                    where,
                    error,
                    "it comes true later");
        }
        if (isAfter) {
            return;
        }
        repeat(where, expected, store, store);
        Map<String, String> again = seen(store);
        if (expected.script().effect() == Effect.COMMITS) {
            demand(again.equals(expected.after()), where, error, "repeated: " + difference(expected.after(), again));
        } else {
            long more = StoreContents.versions(again) - StoreContents.versions(expected.after());
            demand(more == 0 || more == 1, where, error, "repeated: " + difference(expected.after(), again));
        }
    }

    private void checkCollection(
            String where, Expected expected, Optional<Exception> error, StormStore store, StormStore other)
            throws IOException {
        demand(
                withoutEvents(seen(store)).equals(withoutEvents(expected.before())),
                where,
                error,
                "it changed what is seen");
        demand(error.isPresent() || garbage(store) == 0, where, error, "garbage is left");
        repeat(where, expected, store, other);
        demand(garbage(store) == 0, where, error, "garbage is left when it is repeated");
        demand(
                withoutEvents(seen(store)).equals(withoutEvents(expected.before())),
                where,
                error,
                "repeated it changed what is seen");
    }

    private static String withoutEvents(Map<String, String> models) {
        StringBuilder text = new StringBuilder();
        models.values().stream()
                .flatMap(String::lines)
                .filter(line -> !line.startsWith("event "))
                .forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private static int garbage(StormStore store) throws IOException {
        try (StorageNode node = store.open()) {
            return RegistryMaintenance.over(node)
                    .planCollection(Duration.ZERO)
                    .garbage()
                    .size();
        }
    }

    private void checkCopy(
            String where, Expected expected, Optional<Exception> error, StormStore store, StormStore other)
            throws IOException {
        demand(seen(store).equals(expected.before()), where, error, "it changed the source");
        SortedMap<String, String> copied = seen(other);
        demand(
                expected.before().entrySet().containsAll(copied.entrySet()),
                where,
                error,
                "the copy is not the source: " + difference(expected.before(), copied));
        demand(
                error.isPresent() || copied.equals(expected.before()),
                where,
                error,
                "the copy is not the source: " + difference(expected.before(), copied));
        repeat(where, expected, store, other);
        demand(seen(other).equals(expected.before()), where, error, "repeated the copy is not the source");
    }

    private void repeat(String where, Expected expected, StormStore store, StormStore other) {
        try (StorageNode node = store.open();
                StorageNode target = other.open()) {
            use(node, target, expected.script().operation());
        } catch (IOException | RegistryException e) {
            throw new StormFailure(where + ", repeated", e);
        }
    }

    /** Others register in every way, whereby they would publish what they find sealed. */
    private static long versionsAfterTheNext(StormStore store) throws IOException {
        InMemoryStorageNode later = new InMemoryStorageNode();
        try (StorageNode node = store.open()) {
            StoreContents.copy(Snapshot.of(node), later);
        }
        try (ModelRegistry registry =
                ModelRegistries.builder(later).leaveNodeOpen().open()) {
            if (registry.findModel(FaultScripts.model()).isPresent()) {
                registry.edit(FaultScripts.model()).restore("to see what comes");
            }
            registry.register(
                    Registration.of("iris").file("m", new byte[] {'n'}).build());
            return registry.getModel("iris").versionCount();
        }
    }

    private static SortedMap<String, String> seen(StormStore store) throws IOException {
        try (StorageNode node = store.open()) {
            return StoreContents.models(node);
        }
    }

    private static void use(StorageNode node, StorageNode other, Deed deed) throws IOException {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            deed.on(new Scene(node, registry, other));
        }
    }
}
