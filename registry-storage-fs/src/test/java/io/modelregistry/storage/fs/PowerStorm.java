package io.modelregistry.storage.fs;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.IllegalTransitionException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredModel.Status;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.fs.PowerCut.Manner;
import io.modelregistry.storage.fs.PowerScript.Act;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Runs scripts on a simulated disk, cuts the power before every change of the disk, and looks what the next boot finds:
 * each model is as before the act that was under way or as after it, everything that was acknowledged is there and
 * whole, and the registry goes on.
 *
 * <p>Nothing is run twice for that: a copy of the disk is kept for every change of an act, and its power is cut when
 * the states before and after the act are known.
 */
final class PowerStorm {
    private static final List<Manner> MANNERS = List.of(Manner.values());
    private static final List<Act> GOING_ON =
            List.of(PowerStorm::restore, PowerStorm::registerNext, PowerStorm::promote);

    /** The same, one commit each: who registers the next version publishes what was left unpublished, too. */
    private static final List<Act> GOING_ON_IN_COMMITS =
            List.of(PowerStorm::restore, PowerStorm::registerLast, PowerStorm::promote);

    private final long seed;
    private final Effort effort;
    private final Function<SimulatedDisk, FileOperations> mounting;
    private int points;
    private int cuts;

    /**
     * How much is tried.
     *
     * @param every the power is cut at each so-manieth change, beginning anywhere
     * @param outcomes how many outcomes are tried for one cut
     */
    record Effort(int every, int outcomes) {
        /** What every test run does. */
        static final Effort BRIEF = new Effort(8, 1);
    }

    /** A moment in which the power may be cut. */
    private record Moment(String change, SimulatedDisk disk) {}

    /** Which change it was, and what the disk made of it. */
    private record Case(int number, int outcome, Manner manner) {}

    /** An act, and what may be found after a cut during it. */
    private record Window(String where, SortedMap<String, String> before, SortedMap<String, String> after) {}

    /**
     * A storm.
     *
     * @param mounting what the node sees of a disk; faulty ones are planted here
     */
    PowerStorm(long seed, Effort effort, Function<SimulatedDisk, FileOperations> mounting) {
        this.seed = seed;
        this.effort = effort;
        this.mounting = mounting;
    }

    /** How many changes there were at which the power was cut. */
    int points() {
        return points;
    }

    /** How many cuts were looked at. */
    int cuts() {
        return cuts;
    }

    /** Cuts the power during the acts of a script. */
    void blow(PowerScript script) throws IOException {
        SimulatedDisk disk = SimulatedDisk.empty(PowerMachine.CLOCK);
        try (PowerMachine machine = boot(disk, "before")) {
            script.before().on(machine);
        }
        try (PowerMachine machine = boot(disk, "first")) {
            SortedMap<String, String> before = PowerState.of(machine);
            int number = 0;
            for (Act act : script.acts()) {
                List<Moment> moments = record(disk, machine, act);
                SortedMap<String, String> after = PowerState.of(machine);
                String where = "'%s', act %s".formatted(script.name(), ++number);
                if (script.kind() == PowerScript.Kind.REPEATABLE) {
                    repeat(moments, act, where);
                }
                strike(moments, new Window(where, before, after));
                strike(List.of(new Moment("end", disk.copy())), new Window(where, after, after));
                before = after;
            }
        }
    }

    private PowerMachine boot(SimulatedDisk disk, String boot) {
        return new PowerMachine(mounting.apply(disk), boot);
    }

    private static List<Moment> record(SimulatedDisk disk, PowerMachine machine, Act act) throws IOException {
        List<Moment> moments = new ArrayList<>();
        disk.watch(change -> moments.add(new Moment(change, disk.copy())));
        try {
            act.on(machine);
        } finally {
            disk.watch(change -> {});
        }
        return moments;
    }

    private void strike(List<Moment> moments, Window window) {
        int first = moments.size() == 1 ? 0 : new Random(seed + points).nextInt(effort.every);
        for (int number = first; number < moments.size(); number += effort.every) {
            points++;
            for (int outcome = 0; outcome < effort.outcomes; outcome++) {
                int manner = effort.outcomes == 1 ? points : outcome;
                cut(moments.get(number), window, new Case(number, outcome, MANNERS.get(manner % MANNERS.size())));
            }
        }
    }

    private void cut(Moment moment, Window window, Case tried) {
        Random random = new Random(Objects.hash(seed, window.where, tried.number, tried.outcome));
        SimulatedDisk survived = moment.disk.afterPowerCut(new PowerCut(tried.manner, random));
        cuts++;
        try (PowerMachine machine = boot(survived, "third")) {
            SortedMap<String, String> found = PowerState.of(machine);
            compare(found, window);
            if (random.nextInt(8) == 0) {
                cutAgain(survived, machine, found, random);
            } else {
                goOn(machine);
            }
            if (window.after.keySet().stream().anyMatch(name -> name.startsWith(PowerState.COPY))) {
                copyAgain(machine);
            }
        } catch (AssertionError | IOException | RegistryException e) {
            throw failure("%s (%s)".formatted(window.where, moment.change), tried, e);
        }
    }

    private AssertionError failure(String where, Case tried, Throwable cause) {
        return new AssertionError(
                "Power cut in %s, before change %s, outcome %s (%s), seed %s: %s"
                        .formatted(where, tried.number, tried.outcome, tried.manner, seed, cause.getMessage()),
                cause);
    }

    /** Cuts the power a second time, while the registry goes on after the first. */
    private void cutAgain(SimulatedDisk disk, PowerMachine machine, SortedMap<String, String> found, Random random)
            throws IOException {
        SortedMap<String, String> before = found;
        for (Act act : GOING_ON_IN_COMMITS) {
            List<Moment> moments = record(disk, machine, act);
            moments.add(new Moment("end", disk.copy()));
            SortedMap<String, String> after = PowerState.of(machine);
            int number = random.nextInt(moments.size());
            boolean isEnd = number == moments.size() - 1;
            Manner manner = MANNERS.get(random.nextInt(MANNERS.size()));
            SimulatedDisk survived = moments.get(number).disk.afterPowerCut(new PowerCut(manner, random));
            cuts++;
            try (PowerMachine next = boot(survived, "fourth")) {
                compare(PowerState.of(next), new Window("", isEnd ? after : before, after));
            }
            before = after;
        }
    }

    /**
     * The process is killed instead, another one does the same again and is told that it is done, and then the power is
     * cut: what the second one built on was visible, and not certain yet.
     */
    private void repeat(List<Moment> moments, Act act, String place) {
        String where = place + ", repeated after a kill";
        for (int number = 0; number < moments.size(); number += effort.every) {
            SimulatedDisk disk = moments.get(number).disk.copy();
            SortedMap<String, String> done;
            try (PowerMachine machine = boot(disk, "second")) {
                act.on(machine);
                done = PowerState.of(machine);
            } catch (IllegalTransitionException | ModelNotFoundException e) {
                continue; // A second rollback or removal is refused, so nothing was acknowledged.
            } catch (AssertionError | IOException | RegistryException e) {
                throw failure(where, new Case(number, 0, Manner.EVERYTHING), e);
            }
            cut(new Moment("end", disk), new Window(where, done, done), new Case(number, 0, Manner.NOTHING));
        }
    }

    private static void compare(Map<String, String> found, Window window) {
        TreeSet<String> names = new TreeSet<>(found.keySet());
        names.addAll(window.before.keySet());
        names.addAll(window.after.keySet());
        for (String name : names) {
            String is = found.get(name);
            if (!Objects.equals(is, window.before.get(name)) && !Objects.equals(is, window.after.get(name))) {
                throw new AssertionError("'%s' is%n%s%nexpected%n%s%nor%n%s"
                        .formatted(name, is, window.before.get(name), window.after.get(name)));
            }
        }
    }

    /** A version can be registered and promoted as if nothing had happened. */
    private static void goOn(PowerMachine machine) throws IOException {
        for (Act act : GOING_ON) {
            act.on(machine);
        }
        RegisteredVersion found = machine.second().get("iris@production");
        if (!found.ref().equals(machine.registry().resolve("iris").ref())) {
            throw new AssertionError("After the power cut the newest was promoted, there is " + found);
        }
    }

    private static void restore(PowerMachine machine) {
        ModelName name = ModelName.parse("iris");
        if (machine.registry().findModel(name).map(RegisteredModel::status).equals(Optional.of(Status.RETIRED))) {
            machine.registry().edit(name).restore("the power is back");
        }
    }

    private static void registerLast(PowerMachine machine) {
        machine.registry()
                .register(Registration.of("iris")
                        .version("9.9.9")
                        .file("m", PowerScripts.text("after the power cut"))
                        .build());
    }

    private static void registerNext(PowerMachine machine) {
        machine.registry()
                .register(Registration.of("iris")
                        .file("m", PowerScripts.text("after the power cut"))
                        .build());
    }

    private static void promote(PowerMachine machine) {
        machine.registry().promote("iris", Stage.PRODUCTION);
    }

    /** A copy comes to its end, whatever became of the one before. */
    private static void copyAgain(PowerMachine machine) throws IOException {
        PowerScripts.copy(machine);
        try (StorageNode copy = machine.copy()) {
            PowerState.check(copy);
        }
        Map<String, String> state = PowerState.of(machine);
        state.forEach((name, text) -> {
            if (!name.startsWith(PowerState.COPY) && !text.equals(state.get(PowerState.COPY + name))) {
                throw new AssertionError(
                        "'%s' is%n%s%nand its copy%n%s".formatted(name, text, state.get(PowerState.COPY + name)));
            }
        });
    }
}
