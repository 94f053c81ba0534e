package io.modelregistry.inference.onnx;

import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelFootprint;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.deployment.Deployment;
import io.modelregistry.inference.deployment.DeploymentOptions;
import io.modelregistry.inference.deployment.Deployments;
import io.modelregistry.inference.runtime.MemoryBudget;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Serves many deployments through a budget for few, in a process of its own, and prints now and then what is admitted
 * and what is resident: kilobytes admitted, native and direct ones observed, direct ones among them, all resident ones,
 * and how many models are loaded.
 */
final class BudgetProbe {
    private static final int INPUTS = 30;
    private static final int SAMPLE_EVERY = 20;
    private static final int THREADS = 4;

    /** What a thread predicts with after it has loaded a model: that one and those before it. */
    private static final int RECENT = 12;

    private final Deployments deployments;
    private final MemoryBudget budget;

    /** Held for a look at memory by one thread alone, so that no model is half loaded then. */
    private final ReadWriteLock steps = new ReentrantReadWriteLock(true);

    private final AtomicInteger visited = new AtomicInteger();
    private long baseline;

    private BudgetProbe(Deployments deployments) {
        this.deployments = deployments;
        this.budget = deployments.memory();
    }

    /** Takes an empty folder, how many models there are, and how many the budget is for. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        int room = Integer.parseInt(args[2]);
        try (ModelRegistry registry =
                ModelRegistries.open(folder.resolve("registry").toUri())) {
            long largest = 0;
            for (int i = 0; i < count; i++) {
                largest = Math.max(largest, register(registry, folder, i));
            }
            try (Deployments deployments = Deployments.builder(registry)
                    .pollInterval(Duration.ofMinutes(10))
                    .memory(MemoryBudget.ofBytes(room * largest, Duration.ofSeconds(60)))
                    .open()) {
                new BudgetProbe(deployments).look(count, 2 * room);
            }
        }
    }

    private static long register(ModelRegistry registry, Path folder, int number) throws IOException {
        int width = 480 + number % 9 * 8;
        Path file = OnnxModels.dense(new Random(number), INPUTS, width, width, width, 3)
                .write(folder.resolve("model.onnx"));
        registry.register(Registration.of("m" + number)
                .file("model.onnx", file)
                .version("1.0.0")
                .build());
        return ModelFootprint.estimate(file, LoadOptions.defaults());
    }

    private void look(int count, int warmUp) throws Exception {
        List<Deployment> all = deploy("d", count);
        List<Deployment> first = deploy("warm-up-", Math.min(count, warmUp));
        serve(first, 0);
        first.forEach(each -> each.undeploy("all code was run"));
        await().until(() -> budget.admitted() == 0);
        baseline = observed();
        serve(all, SAMPLE_EVERY);
    }

    private List<Deployment> deploy(String prefix, int count) {
        DeploymentOptions options = DeploymentOptions.builder()
                .loading(DeploymentOptions.Loading.ON_DEMAND)
                .build();
        List<Deployment> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(deployments.deploy(prefix + i, "m" + i + ":1.0.0", options));
        }
        return all;
    }

    /** Each thread goes through its share of the models and predicts with those that it met last. */
    private void serve(List<Deployment> all, int sampleEvery)
            throws InterruptedException, ExecutionException, IOException {
        visited.set(0);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int first = thread;
                ends.add(threads.submit(() -> visit(first, all)));
            }
            for (int next = all.size() / 2; sampleEvery > 0 && next < all.size(); next += sampleEvery) {
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

    private void visit(int first, List<Deployment> all) {
        Random random = new Random(first);
        for (int i = first; i < all.size(); i += THREADS) {
            for (int use = 0; use < 10; use++) {
                int back = use == 0 ? 0 : random.nextInt(RECENT / THREADS);
                Deployment deployment = all.get(Math.max(i - back * THREADS, first));
                steps.readLock().lock();
                try {
                    deployment.predict(Tensors.of("input", new float[1 + random.nextInt(8)][INPUTS]));
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
}
