package io.modelregistry.benchmarks.serving;

import com.sun.management.OperatingSystemMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/**
 * Closed loops of so many clients, in rounds in which the variants take turns; ratios are medians of the ratios within
 * a round.
 *
 * @param clients that ask, each again when it has its answer
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

    void report(PrintStream out, String work, Map<String, Clients> variants, String anchor) throws Exception {
        Map<String, List<Round>> all = new LinkedHashMap<>();
        variants.keySet().forEach(name -> all.put(name, new ArrayList<>()));
        for (int i = -WARM_UP; i < rounds; i++) {
            for (Map.Entry<String, Clients> variant : variants.entrySet()) {
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

    private Round measure(Clients asking) throws Exception {
        long processor = PROCESS.getProcessCpuTime();
        long begun = System.nanoTime();
        List<Asked> asked = asking.ask(clients, begun + millis * 1_000_000L);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double used = (PROCESS.getProcessCpuTime() - processor) / 1e3;
        long count = asked.stream().mapToLong(each -> each.count).sum();
        long[] times = asked.stream().flatMapToLong(Asked::times).sorted().toArray();
        return new Round(
                count / seconds, used / count, times[times.length / 2] / 1e3, times[times.length * 99 / 100] / 1e3);
    }

    /** All clients of a round. */
    @FunctionalInterface
    interface Clients {
        /** Asks until a time, and waits for the last answers. */
        List<Asked> ask(int clients, long until) throws Exception;

        /** Threads that wait for their answers. */
        static Clients threads(Client client) {
            return threads(Thread::new, client);
        }

        /** The same, of a certain kind. */
        static Clients threads(ThreadFactory kind, Client client) {
            return (clients, until) -> {
                List<FutureTask<Asked>> tasks = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    tasks.add(new FutureTask<>(() -> loop(client, until)));
                }
                tasks.forEach(task -> kind.newThread(task).start());
                List<Asked> asked = new ArrayList<>();
                for (FutureTask<Asked> task : tasks) {
                    asked.add(task.get());
                }
                return asked;
            };
        }

        /** No threads: each asks again where its answer arrives. */
        static Clients futures(Supplier<CompletableFuture<?>> request) {
            return (clients, until) -> {
                List<Asked> asked = new ArrayList<>();
                List<CompletableFuture<Void>> ends = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    Asked own = new Asked();
                    CompletableFuture<Void> end = new CompletableFuture<>();
                    asked.add(own);
                    ends.add(end);
                    chain(request, own, until, end);
                }
                CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                        .get();
                return asked;
            };
        }
    }

    /** Virtual threads, which JDKs before 21 do not have. */
    static Optional<ThreadFactory> virtualThreads() throws ReflectiveOperationException {
        if (Runtime.version().feature() < 21) {
            return Optional.empty();
        }
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
        return Optional.of((ThreadFactory) factory.invoke(builder));
    }

    private static void chain(
            Supplier<CompletableFuture<?>> request, Asked own, long until, CompletableFuture<Void> end) {
        long begun = System.nanoTime();
        CompletableFuture<?> unused = request.get().whenComplete((answer, failure) -> {
            long now = System.nanoTime();
            own.add(now - begun);
            if (failure != null) {
                end.completeExceptionally(failure);
            } else if (now < until) {
                chain(request, own, until, end);
            } else {
                end.complete(null);
            }
        });
    }

    private static Asked loop(Client client, long until) throws Exception {
        Asked own = new Asked();
        try (Request request = client.begin()) {
            long now = System.nanoTime();
            // Once at least: a busy machine may keep a client from running for a whole round.
            do {
                request.run();
                long end = System.nanoTime();
                own.add(end - now);
                now = end;
            } while (now < until);
        }
        return own;
    }

    /** What one client has asked: how often, and how long the first requests took. */
    static final class Asked {
        private long[] kept = new long[1024];
        private int size;
        private long count;

        void add(long nanos) {
            count++;
            if (size < KEPT) {
                kept = size < kept.length ? kept : Arrays.copyOf(kept, 2 * size);
                kept[size++] = nanos;
            }
        }

        LongStream times() {
            return Arrays.stream(kept, 0, size);
        }
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
