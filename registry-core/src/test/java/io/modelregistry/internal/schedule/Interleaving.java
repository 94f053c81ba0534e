package io.modelregistry.internal.schedule;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One way in which the calls of several clients follow each other. Each client runs until its next call of the store;
 * there the chooser decides which client goes on, or that something goes wrong. Everything is decided by the chooser,
 * so the same choices lead to the same bytes.
 *
 * <p>What a client does between two calls touches nothing that others see, so a call is the only point that matters.
 */
public final class Interleaving {
    private final StorageNode store;
    private final StoreAudit audit;
    private final Chooser chooser;
    private final Trace trace;
    private Faults left;
    private final List<Choice> decisions = new ArrayList<>();
    private final List<Request.Change> onTheirWay = new ArrayList<>();
    private @Nullable Request[] waiting = new Request[0];
    private Choice[] granted = new Choice[0];
    private int[] failed = new int[0];
    private final Map<String, Integer> unanswered = new HashMap<>();
    private @Nullable Crew crew;
    private boolean deciding;
    private int last = -1;
    private @Nullable Throwable failure;

    /** An interleaving over a store. */
    public Interleaving(StorageNode store, StoreAudit audit, Chooser chooser, Faults faults, Trace trace) {
        this.store = store;
        this.audit = audit;
        this.chooser = chooser;
        this.left = faults;
        this.trace = trace;
    }

    /** What one client does. */
    @FunctionalInterface
    public interface Part {
        /** Plays it; what it throws fails the interleaving, unless the client crashed. */
        void play() throws Exception;
    }

    /** The store as a client sees it. Before and after {@link #run} its calls take place at once. */
    public StorageNode node(int client) {
        return new ScheduledNode(this, store, client);
    }

    /** Lets the clients run until all have ended. Copies may still be on their way then. */
    public void run(Crew threads, List<Part> parts) {
        crew = threads;
        waiting = new Request[parts.size()];
        granted = new Choice[parts.size()];
        failed = new int[parts.size()];
        chooser.begin();
        for (int client = 0; client < parts.size(); client++) {
            int self = client;
            Part part = parts.get(client);
            threads.assign(client, () -> play(self, part));
            threads.pass(client);
            threads.await(Crew.DRIVER);
        }
        deciding = true;
        int first = next();
        if (first != Crew.DRIVER) {
            threads.pass(first);
            threads.await(Crew.DRIVER);
        }
        deciding = false;
        crew = null;
    }

    private void play(int client, Part part) {
        try {
            part.play();
        } catch (ClientCrash e) {
            trace.add(client, "crashes", "");
        } catch (Exception | Error e) {
            fail(e);
        }
        Crew threads = crew();
        threads.pass(deciding ? next() : Crew.DRIVER);
    }

    private Crew crew() {
        Crew threads = crew;
        if (threads == null) {
            throw new IllegalStateException("No interleaving is running");
        }
        return threads;
    }

    private void fail(Throwable what) {
        if (failure == null) {
            failure = what;
        }
    }

    /** What went wrong first, if something did. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** How many calls of a client have failed so far. */
    public int failures(int client) {
        return client < failed.length ? failed[client] : 0;
    }

    /** The most replies that a client has not got to writes of one key. */
    public int unanswered(int client) {
        return unanswered.entrySet().stream()
                .filter(key -> key.getKey().startsWith(client + " "))
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    /** The choices made so far. */
    public List<Choice> decisions() {
        return decisions;
    }

    /** Which interleavings differ in more than the order of calls that have nothing to do with each other. */
    public long equivalence() {
        return trace.equivalence();
    }

    /** Comes to a call of the store, and learns how it goes. */
    Choice.Kind arrive(int client, Request request) {
        Crew threads = crew;
        if (threads == null) {
            return Choice.Kind.STEP;
        }
        waiting[client] = request;
        int to = deciding ? next() : Crew.DRIVER;
        if (to != client) {
            threads.pass(to);
            threads.await(client);
        }
        waiting[client] = null;
        Choice.Kind kind = granted[client].kind();
        if (kind == Choice.Kind.FAIL) {
            failed[client]++;
        }
        if (kind.isUnanswered() && request instanceof Request.Change change) {
            unanswered.merge(client + " " + change.key(), 1, Integer::sum);
        }
        if (kind == Choice.Kind.CRASH) {
            throw new ClientCrash();
        }
        return kind;
    }

    /** Decides who goes on: a client that waits at a call, or the driver when none is left. */
    private int next() {
        while (true) {
            Choice choice;
            if (failure == null) {
                List<Choice> enabled = enabled();
                if (enabled.isEmpty()) {
                    return Crew.DRIVER;
                }
                Optional<Choice> chosen = choose(enabled);
                if (chosen.isEmpty()) {
                    continue;
                }
                choice = chosen.get();
                decisions.add(choice);
                left = left.without(choice.kind());
            } else {
                int any = firstWaiting();
                if (any < 0) {
                    return Crew.DRIVER;
                }
                choice = new Choice(Choice.Kind.CRASH, any);
            }
            if (choice.kind() == Choice.Kind.ARRIVE) {
                arriveLate(choice.index());
            } else {
                granted[choice.index()] = choice;
                last = choice.kind() == Choice.Kind.CRASH ? -1 : choice.index();
                return choice.index();
            }
        }
    }

    private Optional<Choice> choose(List<Choice> enabled) {
        try {
            return Optional.of(enabled.get(chooser.choose(enabled, last)));
        } catch (RuntimeException e) {
            fail(e);
            return Optional.empty();
        }
    }

    private int firstWaiting() {
        for (int client = 0; client < waiting.length; client++) {
            if (waiting[client] != null) {
                return client;
            }
        }
        return -1;
    }

    private List<Choice> enabled() {
        List<Choice> enabled = new ArrayList<>();
        if (last >= 0 && waiting[last] != null) {
            enabled.add(Choice.step(last));
        }
        for (int client = 0; client < waiting.length; client++) {
            if (client != last && waiting[client] != null) {
                enabled.add(Choice.step(client));
            }
        }
        if (enabled.isEmpty()) {
            return enabled;
        }
        for (int copy = 0; copy < onTheirWay.size(); copy++) {
            enabled.add(new Choice(Choice.Kind.ARRIVE, copy));
        }
        for (int client = 0; client < waiting.length; client++) {
            Request request = waiting[client];
            if (request != null) {
                for (Choice.Kind kind : Choice.Kind.values()) {
                    if (kind != Choice.Kind.STEP && happensTo(request, kind) && left.allow(kind)) {
                        enabled.add(new Choice(kind, client));
                    }
                }
            }
        }
        return enabled;
    }

    private static boolean happensTo(Request request, Choice.Kind kind) {
        return switch (kind) {
            case STEP, CRASH, FAIL -> true;
            case ARRIVE -> false;
            case REPEATED -> request instanceof Request.Change;
            case LOST_APPLIED, LOST_DROPPED, LOST_LATE, LOST_REPEATED -> request instanceof Request.Write;
        };
    }

    /** Lets everything arrive that is still on its way. */
    public void arriveAll() {
        while (!onTheirWay.isEmpty() && failure == null) {
            arriveLate(0);
        }
    }

    private void arriveLate(int copy) {
        Request.Change change = onTheirWay.remove(copy);
        try {
            apply(Trace.LATE, change);
        } catch (IOException e) {
            trace.add(Trace.LATE, change.toString(), e.getClass().getSimpleName());
        } catch (PropertyViolation e) {
            fail(e);
        }
    }

    /** Leaves a copy of a change on its way. */
    void leave(Request.Change change) {
        onTheirWay.add(change);
    }

    /** Makes a change. */
    Optional<StoredObject> apply(int client, Request.Change change) throws IOException {
        Optional<StoredObject> stored = change.applyTo(store);
        trace.changed(client, change);
        if (change instanceof Request.Write write) {
            audit.written(write.key(), write.bytes());
        } else {
            audit.deleted(change.key());
        }
        return stored;
    }

    Trace trace() {
        return trace;
    }

    /** The choices made so far, as {@link Choice#parse} reads them. */
    @Override
    public String toString() {
        return String.join(" ", decisions.stream().map(Choice::toString).toList());
    }
}
