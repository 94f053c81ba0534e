package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storm.KillPoint.When;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets processes work on a store, kills each of them at a random moment or at a named point of the protocol, opens the
 * store anew, and looks for everything that they were told is done.
 */
public final class KillStorm {
    private static final Logger LOG = LoggerFactory.getLogger(KillStorm.class);

    /** Kills on one store, before another one is begun with. */
    private static final int GENERATION = 25;

    /** Commits of a thread that should have been killed long ago. */
    private static final int LONGEST = 5_000;

    private static final int THREADS = 2;
    private static final int MODELS = 2;

    private final String backend;
    private final long seed;
    private final Callable<SharedStore> emptyStores;
    private int acknowledged;
    private int atPoints;

    /**
     * A storm.
     *
     * @param backend what the stores are, for messages
     * @param emptyStores gives a store that holds nothing, each time another one
     */
    public KillStorm(String backend, long seed, Callable<SharedStore> emptyStores) {
        this.backend = backend;
        this.seed = seed;
        this.emptyStores = emptyStores;
    }

    /** How many acknowledged changes were looked for. */
    public int acknowledged() {
        return acknowledged;
    }

    /** Kills so many processes. */
    public void blow(int kills) throws Exception {
        long begun = System.nanoTime();
        for (int first = 0; first < kills; first += GENERATION) {
            generation(first, Math.min(kills, first + GENERATION));
        }
        LOG.info(
                "Kill storm, {}, seed {}: {} kills, {} of them at named points, {} acknowledged changes, {} s",
                backend,
                seed,
                kills,
                atPoints,
                acknowledged,
                (System.nanoTime() - begun) / 1_000_000_000);
    }

    /** While one process is killed and looked after, the next one starts. */
    private void generation(int from, int to) throws Exception {
        SharedStore store = emptyStores.call();
        List<Deed> deeds = new ArrayList<>();
        StormProcess next = start(store, from);
        try {
            for (int kill = from; kill < to; kill++) {
                StormProcess process = next;
                try (process) {
                    process.awaitReady();
                    if (kill + 1 < to) {
                        next = start(store, kill + 1);
                    }
                    process.begin();
                    end(process, kill, deeds);
                }
                check(store, deeds, kill, kill - from + 1);
            }
        } finally {
            next.close();
        }
        acknowledged += (int) deeds.stream().filter(Deed::isDone).count();
    }

    private Random random(int kill) {
        return new Random(seed * 31 + kill);
    }

    /** Every second process ends at a named point, each in its turn. */
    private String spot(int kill) {
        if (kill % 2 == 0) {
            return StormWorker.NOWHERE;
        }
        KillPoint[] points = KillPoint.values();
        When[] times = When.values();
        int turn = kill / 2;
        KillPoint point = points[turn % points.length];
        int number = point == KillPoint.PAGE ? 1 : 1 + random(kill).nextInt(6);
        return new HaltingNode.Spot(point, times[(turn + turn / points.length) % times.length], number).text();
    }

    private StormProcess start(SharedStore store, int kill) throws IOException {
        StormWork.Plan plan = new StormWork.Plan("k" + kill, LONGEST, MODELS, seed);
        return StormProcess.start(store, new StormWorker.Task(plan, THREADS, spot(kill)));
    }

    private void end(StormProcess process, int kill, List<Deed> deeds) throws Exception {
        Random random = random(kill);
        if (spot(kill).equals(StormWorker.NOWHERE)) {
            int before = random.nextInt(40);
            for (int i = 0; i < before; i++) {
                process.hear(deeds);
            }
            if (process.endsWithin(random.nextInt(30_000))) {
                throw new StormFailure(where(kill), "the worker ended by itself: " + process.errors());
            }
            process.kill();
            process.hearAll(deeds);
        } else {
            process.hearAll(deeds);
            if (process.exitStatus() != HaltingNode.HALTED) {
                throw new StormFailure(where(kill), "the worker did not come to its point: " + process.errors());
            }
            atPoints++;
        }
    }

    private String where(int kill) {
        return "Kill storm, %s, seed %s, kill %s (%s)".formatted(backend, seed, kill, spot(kill));
    }

    /** Each thread of each process that was killed may have made one change that it could not tell any more. */
    private void check(SharedStore store, List<Deed> deeds, int kill, int kills) throws IOException {
        try (StorageNode node = store.open();
                ModelRegistry registry =
                        ModelRegistries.builder(node).leaveNodeOpen().open()) {
            new DeedCheck(registry, kills * THREADS).check(deeds);
            goOn(registry, deeds, kill);
            if (kill % 5 == 0) {
                DeedCheck.verify(node);
            }
        } catch (AssertionError | IOException | RegistryException e) {
            throw new StormFailure(where(kill), e);
        }
    }

    /** A new process registers and promotes at once. */
    private static void goOn(ModelRegistry registry, List<Deed> deeds, int kill) {
        String model = "storm/m" + kill % MODELS;
        String content = "after kill " + kill;
        RegisteredVersion version = registry.register(Registration.of(model)
                .file("model.bin", content.getBytes(StandardCharsets.UTF_8))
                .because(content)
                .build());
        registry.move(version.ref(), Stage.PRODUCTION).because(content).commit();
        Function<Deed.Kind, Deed> deed = kind ->
                new Deed(kind, Deed.Certainty.DONE, model, version.version().toString(), content);
        deeds.add(deed.apply(Deed.Kind.REGISTERED));
        deeds.add(deed.apply(Deed.Kind.PROMOTED));
    }
}
