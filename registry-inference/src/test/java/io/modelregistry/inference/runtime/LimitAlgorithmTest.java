package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adaptive limits against simulated services, in virtual time. */
final class LimitAlgorithmTest {
    private static final long MS = 1_000_000;

    private static Gradient2Algorithm gradient2(int initial, int maximum) {
        return new Gradient2Algorithm(
                Gradient2Limit.builder().initial(initial).maximum(maximum).build());
    }

    private static AimdAlgorithm aimd(int initial, int maximum) {
        return new AimdAlgorithm(AimdLimit.builder()
                .initial(initial)
                .maximum(maximum)
                .timeout(Duration.ofMillis(100))
                .build());
    }

    @ParameterizedTest
    @CsvSource({
        "1,8,false",
        "20,8,false",
        "200,8,false",
        "20,8,true",
        "200,2,true",
        "1,1,false",
        "50,1,true",
        "4,40,true"
    })
    void gradient2SettlesAboveTheCapacityAndLosesNoThroughput(int initial, int capacity, boolean varies) {
        SimulatedService service = new SimulatedService(gradient2(initial, 200), 100 * MS, capacity, 11);
        service.serviceNanos = 10 * MS;
        service.varies = varies;
        service.run(120);
        double perSecond = service.run(600);
        double settled = settledLimit(capacity);
        assertThat(service.limit()).as("%s", service).isBetween(capacity, (int) (1.25 * settled) + 2);
        assertThat(service.highest()).as("no drift: %s", service).isLessThanOrEqualTo((int) (1.5 * settled) + 2);
        assertThat(perSecond).as("%s", service).isGreaterThan(0.97 * capacity * 100);
    }

    /** Where {@code limit = tolerance * capacity + sqrt(limit)}. */
    private static double settledLimit(int capacity) {
        double root = (1 + Math.sqrt(1 + 4 * 1.5 * capacity)) / 2;
        return root * root;
    }

    @Test
    void gradient2FallsWhenTheServiceSlowsToAFifthAndRecovers() {
        SimulatedService service = new SimulatedService(gradient2(20, 200), 100 * MS, 8, 12);
        service.serviceNanos = 10 * MS;
        service.run(60);
        int usual = service.limit();
        service.serviceNanos = 50 * MS;
        service.run(5);
        assertThat(service.limit()).as("slower: %s", service).isLessThanOrEqualTo(usual / 2);
        service.serviceNanos = 10 * MS;
        service.run(10);
        assertThat(service.limit()).as("fast again: %s", service).isBetween(usual - 2, usual + 2);
    }

    @Test
    void gradient2GivesAServiceThatStaysSlowItsLimitBack() {
        SimulatedService service = new SimulatedService(gradient2(20, 200), 100 * MS, 8, 13);
        service.serviceNanos = 10 * MS;
        service.run(60);
        int usual = service.limit();
        service.serviceNanos = 50 * MS;
        service.run(120);
        assertThat(service.limit()).as("%s", service).isBetween(usual - 2, usual + 2);
        service.serviceNanos = 2 * MS;
        service.run(120);
        assertThat(service.limit()).as("much faster: %s", service).isBetween(usual - 2, usual + 2);
    }

    @Test
    void gradient2ForgetsAColdStart() {
        SimulatedService service = new SimulatedService(gradient2(8, 200), 100 * MS, 8, 14);
        service.serviceNanos = 200 * MS;
        service.run(2);
        service.serviceNanos = 10 * MS;
        service.run(30);
        assertThat(service.limit()).as("%s", service).isBetween(8, 20);
    }

    @Test
    void aLimitThatIsNotUsedDoesNotGrow() {
        SimulatedService gradient = new SimulatedService(gradient2(20, 200), 100 * MS, 8, 15);
        SimulatedService aimd = new SimulatedService(aimd(20, 200), 100 * MS, 8, 16);
        for (SimulatedService service : new SimulatedService[] {gradient, aimd}) {
            service.serviceNanos = 10 * MS;
            service.callers = 5;
            service.run(60);
            assertThat(service.limit()).as("%s", service).isEqualTo(20);
            service.callers = 12;
            service.run(60);
            assertThat(service.highest()).as("%s", service).isBetween(21, 25);
        }
    }

    @Test
    void aimdFindsTheMostThatStaysInsideTheTimeout() {
        SimulatedService service = new SimulatedService(aimd(1, 200), 100 * MS, 8, 17);
        service.serviceNanos = 10 * MS;
        service.run(120);
        // Eighty requests on eight servers take 100 ms.
        assertBetween(service, 60, 84);
        service.serviceNanos = 50 * MS;
        service.run(20);
        assertBetween(service, 8, 84);
        service.run(60);
        assertBetween(service, 12, 20);
        service.serviceNanos = 10 * MS;
        service.run(120);
        service.run(60);
        assertBetween(service, 60, 84);
    }

    private static void assertBetween(SimulatedService service, int least, int most) {
        service.run(20);
        assertThat(service.lowest()).as("%s", service).isGreaterThanOrEqualTo(least);
        assertThat(service.highest()).as("%s", service).isLessThanOrEqualTo(most);
    }

    @Test
    void aimdBacksOffOnDropsAndGrowsOtherwise() {
        AimdAlgorithm limit = aimd(20, 22);
        assertThat(limit.update(10 * MS, 20, false)).isEqualTo(21);
        assertThat(limit.update(10 * MS, 21, false)).isEqualTo(22);
        assertThat(limit.update(10 * MS, 22, false)).as("the maximum").isEqualTo(22);
        assertThat(limit.update(10 * MS, 22, true)).isEqualTo(19);
        assertThat(limit.update(101 * MS, 22, false))
                .as("longer than the timeout")
                .isEqualTo(17);
        assertThat(limit.update(10 * MS, 8, false)).as("less than half used").isEqualTo(17);
        assertThat(limit.update(10 * MS, 9, false)).isEqualTo(18);
    }

    @Test
    void dropsBringAnyLimitDownToTheMinimumAndNeverRaiseIt() {
        for (LimitAlgorithm limit : new LimitAlgorithm[] {gradient2(50, 200), aimd(50, 200)}) {
            int before = limit.limit();
            for (int i = 0; i < 100; i++) {
                int after = limit.update(10 * MS, before, true);
                assertThat(after).isLessThanOrEqualTo(before);
                before = after;
            }
            assertThat(before).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noLimitLeavesItsRange(long seed) {
        Random random = new Random(seed);
        int maximum = 1 + random.nextInt(40);
        int minimum = 1 + random.nextInt(maximum);
        LimitAlgorithm[] limits = {
            new Gradient2Algorithm(Gradient2Limit.builder()
                    .minimum(minimum)
                    .maximum(maximum)
                    .longWindow(20)
                    .smoothing(1)
                    .build()),
            new AimdAlgorithm(AimdLimit.builder()
                    .minimum(minimum)
                    .maximum(maximum)
                    .backoffRatio(0.5)
                    .build())
        };
        for (LimitAlgorithm limit : limits) {
            for (int i = 0; i < 10_000; i++) {
                long rtt = (long) Math.pow(10, random.nextInt(12));
                int inFlight = random.nextInt(2 * maximum);
                assertThat(limit.update(rtt, inFlight, random.nextInt(10) == 0))
                        .as("seed %s", seed)
                        .isBetween(minimum, maximum)
                        .isEqualTo(limit.limit());
            }
        }
    }

    @Test
    void aDropIsNotCountedAgainForRequestsFromBeforeTheChange() {
        AimdAlgorithm limit = aimd(20, 200);
        LimitSamples samples = new LimitSamples(limit, 0, 0, changed -> {});
        for (int i = 0; i < 10; i++) {
            samples.add(1 + i, 100, 20, i == 3);
        }
        assertThat(limit.limit()).isEqualTo(18);
        for (int i = 0; i < 10; i++) {
            samples.add(1 + i, 200, 20, true);
        }
        assertThat(limit.limit()).isEqualTo(18);
        for (int i = 0; i < 10; i++) {
            samples.add(101, 200, 20, true);
        }
        assertThat(limit.limit()).isEqualTo(16);
    }
}
