package io.modelregistry.inference.onnx;

import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelFootprint;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.MemoryBudget;
import io.modelregistry.inference.runtime.Reservation;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Serves many models through a budget for few, in a process of its own, and prints now and then what is admitted and
 * what is resident: kilobytes admitted, native and direct ones observed, direct ones among them, all resident ones, and
 * how many models are loaded.
 */
final class BudgetProbe {
    private static final int INPUTS = 30;
    private static final int SAMPLE_EVERY = 20;
    private static final int THREADS = 4;

    /** What a thread predicts with after it has loaded a model: that one and those before it. */
    private static final int RECENT = 12;

    private final List<Model> models = new ArrayList<>();
    private final MemoryBudget budget;

    /** Held for a look at memory by one thread alone, so that no model is half loaded then. */
    private final ReadWriteLock steps = new ReentrantReadWriteLock(true);

    private final AtomicInteger visited = new AtomicInteger();
    private final AtomicInteger loads = new AtomicInteger();
    private long baseline;

    private BudgetProbe(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Takes an empty folder, how many models there are, and how many the budget is for. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        int room = Integer.parseInt(args[2]);
        List<Path> files = new ArrayList<>();
        long largest = 0;
        for (int i = 0; i < count; i++) {
            int width = 480 + i % 9 * 8;
            Path file = folder.resolve("model-" + i + ".onnx");
            files.add(OnnxModels.dense(new Random(i), INPUTS, width, width, width, 3)
                    .write(file));
            largest = Math.max(largest, ModelFootprint.estimate(file, LoadOptions.defaults()));
        }
        BudgetProbe probe = new BudgetProbe(MemoryBudget.ofBytes(room * largest, Duration.ofSeconds(60)));
        files.forEach(file -> probe.models.add(probe.new Model(file)));
        probe.serve(Math.min(count, 2 * room), 0);
        probe.models.forEach(Model::unload);
        probe.baseline = observed();
        probe.serve(count, SAMPLE_EVERY);
        System.out.println("loads " + probe.loads);
    }

    /** Each thread goes through its share of the models and predicts with those that it met last. */
    private void serve(int count, int sampleEvery) throws InterruptedException, ExecutionException, IOException {
        visited.set(0);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                ends.add(threads.submit(() -> visit(first, count)));
            }
            for (int next = count / 2; sampleEvery > 0 && next < count; next += sampleEvery) {
                while (visited.get() < next && !ends.stream().allMatch(Future::isDone)) {
                    Thread.onSpinWait();
                    Thread.yield();
                }
                sample();
            }
            for (Future<?> end : ends) {
                end.get();
            }
            if (sampleEvery > 0) {
                sample();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void visit(int first, int count) {
        Random random = new Random(first);
        for (int i = first; i < count; i += THREADS) {
            for (int use = 0; use < 10; use++) {
                int back = use == 0 ? 0 : random.nextInt(RECENT / THREADS);
                steps.readLock().lock();
                try {
                    models.get(Math.max(i - back * THREADS, first)).predict(1 + random.nextInt(8));
                } finally {
                    steps.readLock().unlock();
                }
            }
            visited.incrementAndGet();
        }
    }

    private void sample() throws IOException {
        steps.writeLock().lock();
        try {
            long observed = observed() - baseline;
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            System.out.println(String.join(
                    " ",
                    "sample",
                    Long.toString(budget.admitted() >> 10),
                    Long.toString(observed),
                    Long.toString(direct >> 10),
                    Long.toString(ProbeProcess.residentKilobytes("VmRSS")),
                    Integer.toString(budget.snapshot().holdings().size())));
        } finally {
            steps.writeLock().unlock();
        }
    }

    /** Anonymous memory: the heap, which does not grow, what is allocated natively, and direct buffers. */
    private static long observed() throws IOException {
        System.gc();
        System.gc();
        return ProbeProcess.residentKilobytes("RssAnon");
    }

    /** A model that is loaded when it is used. */
    private final class Model {
        private final Path file;
        private @Nullable Predictor predictor;
        private @Nullable Reservation reservation;
        private int users;

        Model(Path file) {
            this.file = file;
        }

        void predict(int rows) {
            Predictor loaded = enter();
            try {
                loaded.predict(Tensors.of("input", new float[rows][INPUTS]));
            } finally {
                synchronized (this) {
                    users--;
                }
            }
        }

        private synchronized Predictor enter() {
            if (predictor == null) {
                LoadOptions options = LoadOptions.defaults();
                Reservation admitted = budget.reserve(file.toString(), ModelFootprint.estimate(file, options));
                Predictor loaded = Predictors.load(file, options);
                admitted.resize(loaded.memoryBytes().orElse(admitted.bytes()));
                loads.incrementAndGet();
                admitted.makeEvictable(this::tryEvict);
                predictor = loaded;
                reservation = admitted;
            }
            users++;
            if (reservation != null) {
                reservation.touch(System.nanoTime());
            }
            return predictor;
        }

        private synchronized Optional<CompletionStage<?>> tryEvict() {
            if (users > 0 || predictor == null) {
                return Optional.empty();
            }
            predictor.close();
            predictor = null;
            return Optional.of(CompletableFuture.completedFuture(null));
        }

        synchronized void unload() {
            if (predictor != null && reservation != null) {
                predictor.close();
                predictor = null;
                reservation.close();
            }
        }
    }
}
