package io.modelregistry.storm;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets every call below every operation go wrong in every way; {@link FaultRun} says what is checked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class FaultStorm {
    private static final Logger LOG = LoggerFactory.getLogger(FaultStorm.class);

    private final List<FaultScript> scripts = FaultScripts.all();
    private final Random choice = new Random(StormSettings.seed());
    private final AtomicInteger faults = new AtomicInteger();
    private final Map<FaultScript, FaultRun.Start> starts = new ConcurrentHashMap<>();
    private final Map<Object, FaultRun.Expected> expected = new ConcurrentHashMap<>();
    private long begun;

    /** Where the storm blows. */
    protected abstract StormStores stores();

    /** What goes wrong; by default calls of the node. */
    protected List<Disturbance> disturbances() {
        return List.of(NodeFault.values());
    }

    /** In the brief form, which part of the pairs of operation and fault is tried, each with one call. */
    protected double share() {
        return 0.6;
    }

    /** In the full form, how many calls of one operation go wrong in one way. */
    protected int mostCalls() {
        return 400;
    }

    @BeforeAll
    final void begin() {
        begun = System.nanoTime();
    }

    @TestFactory
    final Stream<DynamicTest> everyFailureOfEveryCall() {
        return scripts.stream()
                .flatMap(script -> disturbances().stream()
                        .map(disturbance -> dynamicTest(
                                script.name() + ", " + disturbance.name(), () -> blow(script, disturbance))));
    }

    private void blow(FaultScript script, Disturbance disturbance) throws IOException {
        if (!StormSettings.isFull() && choice.nextDouble() >= share()) {
            return;
        }
        FaultRun run = new FaultRun(stores(), disturbance, StormClients.SOUND);
        Object front = List.of(script.name(), disturbance.getClass());
        if (!expected.containsKey(front)) {
            FaultRun.Start start = starts.computeIfAbsent(script, FaultRun.Start::of);
            expected.put(front, run.expect(script, start));
        }
        run.blow(expected.get(front), StormSettings.rounds(1, mostCalls()));
        faults.addAndGet(run.faults());
    }

    @AfterAll
    final void report() {
        LOG.info(
                "Fault storm on {}, seed {}: {} faults, {} ms",
                stores().name(),
                StormSettings.seed(),
                faults,
                (System.nanoTime() - begun) / 1_000_000);
    }
}
