package io.modelregistry.benchmarks.serving;

import com.sun.management.OperatingSystemMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.ToDoubleFunction;

/**
 * Closed loops of so many clients, in rounds in which the variants take turns; ratios are medians of the ratios within
 * a round.
 *
 * @param clients threads that ask, each again when it has its answer
 * @param rounds that count
 * @param millis of each variant in a round
 */
record Rounds(int clients, int rounds, int millis) {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final int WARM_UP = 2;
    private static final int KEPT = 1 << 17;

    /** What a client does. */
    @FunctionalInterface
    interface Request extends AutoCloseable {
        void run() throws Exception;

        @Override
        default void close() {}
    }

    /** Makes the clients, each on its own thread. */
    @FunctionalInterface
    interface Client {
        Request begin() throws Exception;
    }

    /** What one variant did in one round; microseconds. */
    private record Round(double perSecond, double processor, double p50, double p99) {}

    void report(PrintStream out, String work, Map<String, Client> variants, String anchor) throws Exception {
        Map<String, List<Round>> all = new LinkedHashMap<>();
        variants.keySet().forEach(name -> all.put(name, new ArrayList<>()));
        for (int i = -WARM_UP; i < rounds; i++) {
            for (Map.Entry<String, Client> variant : variants.entrySet()) {
                Round round = measure(variant.getValue());
                if (i >= 0) {
                    all.getOrDefault(variant.getKey(), new ArrayList<>()).add(round);
                }
            }
        }
        List<Round> base = all.getOrDefault(anchor, List.of());
        out.printf(
                Locale.ROOT,
                "%-11s %7s %-13s %9s %18s %8s %6s %8s %9s %6s%n",
                "model",
                "clients",
                "variant",
                "rows/s",
                "x (least, most)",
                "CPU us",
                "x",
                "p50 us",
                "p99 us",
                "x");
        all.forEach((name, own) -> out.printf(
                Locale.ROOT,
                "%-11s %7d %-13s %9.0f %18s %8.2f %6.2f %8.1f %9.1f %6.2f%n",
                work,
                clients,
                name,
                median(own, Round::perSecond),
                spread(own, base),
                median(own, Round::processor),
                ratio(own, base, Round::processor),
                median(own, Round::p50),
                median(own, Round::p99),
                ratio(own, base, Round::p99)));
    }

    private Round measure(Client client) throws InterruptedException, ExecutionException {
        List<FutureTask<long[]>> tasks = new ArrayList<>();
        long[] until = new long[1];
        for (int i = 0; i < clients; i++) {
            tasks.add(new FutureTask<>(() -> loop(client, until[0])));
        }
        long processor = PROCESS.getProcessCpuTime();
        long begun = System.nanoTime();
        until[0] = begun + millis * 1_000_000L;
        tasks.forEach(task -> new Thread(task).start());
        long count = 0;
        long[] times = new long[0];
        for (FutureTask<long[]> task : tasks) {
            long[] own = task.get();
            count += own[own.length - 1];
            int old = times.length;
            times = Arrays.copyOf(times, old + own.length - 1);
            System.arraycopy(own, 0, times, old, own.length - 1);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        double used = (PROCESS.getProcessCpuTime() - processor) / 1e3;
        Arrays.sort(times);
        return new Round(
                count / seconds, used / count, times[times.length / 2] / 1e3, times[times.length * 99 / 100] / 1e3);
    }

    /** The times of the requests, and at the end their number. */
    private static long[] loop(Client client, long until) throws Exception {
        long[] times = new long[KEPT];
        int kept = 0;
        long count = 0;
        try (Request request = client.begin()) {
            long now = System.nanoTime();
            // Once at least: a busy machine may keep a client from running for a whole round.
            do {
                request.run();
                long end = System.nanoTime();
                if (kept < KEPT - 1) {
                    times[kept++] = end - now;
                }
                now = end;
                count++;
            } while (now < until);
        }
        times[kept] = count;
        return Arrays.copyOf(times, kept + 1);
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double[] ratios(List<Round> own, List<Round> base, ToDoubleFunction<Round> value) {
        double[] ratios = new double[own.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = value.applyAsDouble(own.get(i)) / value.applyAsDouble(base.get(i));
        }
        Arrays.sort(ratios);
        return ratios;
    }

    private static double ratio(List<Round> own, List<Round> base, ToDoubleFunction<Round> value) {
        double[] ratios = ratios(own, base, value);
        return ratios[ratios.length / 2];
    }

    private static String spread(List<Round> own, List<Round> base) {
        double[] ratios = ratios(own, base, Round::perSecond);
        return String.format(
                Locale.ROOT, "%.2f (%.2f %.2f)", ratios[ratios.length / 2], ratios[0], ratios[ratios.length - 1]);
    }
}
