package io.modelregistry.internal.embedded;

import io.modelregistry.internal.schedule.Choice;
import io.modelregistry.internal.schedule.Chooser;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.DepthFirst;
import io.modelregistry.internal.schedule.PriorityWalk;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.schedule.RandomWalk;
import io.modelregistry.internal.schedule.Replay;
import io.modelregistry.internal.schedule.Trace;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Tries interleavings of one program until one violates a property or there have been enough. */
final class ProtocolSearch {
    private final ProtocolRun.Setting setting;
    private final Set<Long> interleavings = ConcurrentHashMap.newKeySet();
    private final Set<Long> equivalences = ConcurrentHashMap.newKeySet();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicReference<Optional<Finding>> finding = new AtomicReference<>(Optional.empty());

    ProtocolSearch(ProtocolRun.Setting setting) {
        this.setting = setting;
    }

    /** A search through a program as the protocol is coded. */
    static ProtocolSearch of(ProtocolProgram program) {
        return new ProtocolSearch(
                new ProtocolRun.Setting(program, new ProtocolStart(program), () -> ProtocolParts.STANDARD));
    }

    /**
     * An interleaving that went wrong.
     *
     * @param property what was violated
     * @param runs how many interleavings it took to find it
     * @param schedule the choices that lead to it
     * @param report everything that is known of it
     */
    record Finding(String property, int runs, String schedule, String report) {}

    /** How choices are made. */
    enum Way {
        RANDOM,
        PRIORITY
    }

    /** Tries interleavings at random. */
    void walk(Crew crew, Way way, long seed, int number) {
        Chooser chooser = way == Way.RANDOM ? new RandomWalk(seed) : new PriorityWalk(seed);
        for (int i = 0; i < number && finding.get().isEmpty(); i++) {
            play(crew, chooser, way + " walk with seed " + seed);
        }
    }

    /** Tries every interleaving with a number of surprises, up to a limit. */
    void enumerate(Crew crew, int surprises, int limit) {
        DepthFirst chooser = new DepthFirst(surprises);
        for (int i = 0; i < limit && finding.get().isEmpty() && chooser.advance(); i++) {
            play(crew, chooser, "enumeration with " + surprises + " surprises");
        }
    }

    /**
     * Tries interleavings until enough different ones were tried.
     *
     * @param most how many may be tried at all
     */
    void until(Crew crew, int different, long seed, int most) {
        enumerate(crew, 2, different / 3);
        for (long walk = seed;
                interleavings() < different && runs() < most && finding().isEmpty();
                walk++) {
            walk(crew, Way.RANDOM, walk, 450);
            walk(crew, Way.PRIORITY, walk, 50);
        }
    }

    /** Tries one interleaving. */
    void replay(Crew crew, String schedule) {
        play(crew, new Replay(Choice.parse(schedule)), "repetition");
    }

    private void play(Crew crew, Chooser chooser, String how) {
        ProtocolRun run = new ProtocolRun(setting, chooser, Trace.Detail.NUMBER);
        Optional<Throwable> failure = run.play(crew);
        int number = runs.incrementAndGet();
        interleavings.add(hash(run.interleaving().decisions()));
        equivalences.add(run.interleaving().equivalence());
        if (failure.isPresent()) {
            String schedule = run.interleaving().toString();
            finding.compareAndSet(
                    Optional.empty(),
                    Optional.of(new Finding(
                            property(failure.get()), number, schedule, report(crew, how, schedule, failure.get()))));
        }
    }

    private static String property(Throwable failure) {
        return failure instanceof PropertyViolation violation
                ? violation.property()
                : failure.getClass().getName();
    }

    /** Plays it once more, with the details. */
    private String report(Crew crew, String how, String schedule, Throwable failure) {
        ProtocolRun again = new ProtocolRun(setting, new Replay(Choice.parse(schedule)), Trace.Detail.TEXT);
        Optional<Throwable> repeated = again.play(crew);
        String same = repeated.map(Throwable::toString).equals(Optional.of(failure.toString()))
                ? ""
                : "\nNOT REPEATABLE, the second time: " + repeated;
        return "Program '%s', %s:%n%s%s%nSchedule: %s%n%s"
                .formatted(
                        setting.program(),
                        how,
                        failure,
                        same,
                        schedule,
                        again.trace().text());
    }

    private static long hash(List<Choice> decisions) {
        long hash = 0xCBF29CE484222325L;
        for (Choice choice : decisions) {
            hash = (hash ^ (choice.kind().ordinal() << 8 | choice.index())) * 0x100000001B3L;
        }
        return hash;
    }

    /** What was found, if anything was. */
    Optional<Finding> finding() {
        return finding.get();
    }

    /** How many different sequences of choices were tried. */
    int interleavings() {
        return interleavings.size();
    }

    /** How many of them differ in more than the order of calls that have nothing to do with each other. */
    int equivalences() {
        return equivalences.size();
    }

    /** How many were tried. */
    int runs() {
        return runs.get();
    }

    ProtocolProgram program() {
        return setting.program();
    }
}
