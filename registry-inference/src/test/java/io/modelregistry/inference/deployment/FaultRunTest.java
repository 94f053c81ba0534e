package io.modelregistry.inference.deployment;

import static io.modelregistry.inference.deployment.ScriptedProvider.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.deployment.InstanceStatus.Health;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.deployment.BreakableNode.Moment;
import io.modelregistry.inference.deployment.BreakableNode.Trouble;
import io.modelregistry.inference.runtime.ConcurrencyLimit;
import io.modelregistry.inference.runtime.DeadlineExceededException;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.contract.TestClock;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import io.modelregistry.storm.StormSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Everything goes wrong at once: engines, the store, the clock, and threads that are interrupted, under clients that
 * predict all the time and operators who change the deployment. {@code -Dstorm.full=true} for the long form.
 */
final class FaultRunTest {
    private static final StorageKey HEAD = StorageKey.of("deployments/storm/config.json");
    private static final int MAJORS = 4;
    private static final String BROKEN = "the store's client is broken";

    private final InMemoryStorageNode store = new InMemoryStorageNode();
    private final BreakableNode node = new BreakableNode(store);
    private final TestClock clock = new TestClock();
    private final MoodyEngine moods = new MoodyEngine();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<Prediction>> futures = new ConcurrentLinkedQueue<>();
    private final List<Thread> disturbed = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong changed = new AtomicLong();
    private volatile boolean stopped;

    @Test
    void nothingDeadlocksNoFutureIsLostAndAGoodVersionServes() throws Exception {
        ModelRegistry registry = ModelRegistries.builder(node)
                .clock(clock)
                .commitLimit(Duration.ofMillis(500))
                .leaveNodeOpen()
                .open();
        try (Lab lab = new Lab(node, registry).with("1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0")) {
            DeploymentOptions options = lab.options()
                    .replicas(4)
                    .limit(ConcurrencyLimit.unlimited())
                    .loadTimeout(Duration.ofMillis(500))
                    .drainTimeout(Duration.ofMillis(200))
                    .build();
            Deployments first = lab.instance("first");
            Deployments second = lab.instance("second");
            Deployment deployment = Lab.patiently(() -> first.deploy("storm", "m:1.0.0", options));
            Deployment other = Lab.patiently(() -> second.join("storm", options));
            moods.rule(lab.engine, MAJORS);
            node.trouble(this::storeTrouble);
            startClients(deployment, other);
            startOperators(deployment, other, first, options);
            LockSupport.parkNanos(StormSettings.isFull() ? 180_000_000_000L : 6_000_000_000L);
            stopped = true;
            join(disturbed);
            join(others);
            node.trouble(Trouble.NONE);
            moods.calm();
            assertThat(unexpected).as("failures that no fault explains").isEmpty();
            assertThat(answered.get()).isPositive();
            assertThat(changed.get()).isPositive();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(futures).allMatch(CompletableFuture::isDone));
            recover(deployment, other);
            first.close();
            second.close();
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(lab.engine.open()).isZero());
            assertThat(lab.engine.usedAfterClose).hasValue(0);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                            .extracting(Thread::getName)
                            .noneMatch(name -> name.equals("deployment-storm") || name.startsWith("batcher-storm")));
        } finally {
            stopped = true;
            moods.calm();
        }
    }

    private void recover(Deployment deployment, Deployment other) {
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            if (deployment.snapshot().state().rollout().isPresent()) {
                deployment.abort("over");
            }
            deployment.swap("m:3.0.0", "over");
            return deployment.snapshot().state().traffic().variants().size() == 1;
        });
        for (Deployment each : List.of(deployment, other)) {
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(each.health()).isEqualTo(Health.SERVING);
                assertThat(Lab.answer(each)).isEqualTo(3);
            });
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive())
                    .as("%s still runs: %s", thread, Caller.threadDump())
                    .isFalse();
        }
    }

    private void storeTrouble(Moment moment, String key) throws IOException {
        int chance = ThreadLocalRandom.current().nextInt(1_000);
        if (chance < 30) {
            throw moment == Moment.READ
                    ? new IOException("no answer for " + key)
                    : new WriteOutcomeUnknownException(StorageKey.of(key), "no reply", null);
        }
        if (chance < 50 && moment == Moment.BEFORE_WRITE) {
            throw key.contains("/status/")
                    ? new IOException("no room")
                    : new WriteConflictException(StorageKey.of(key), "spurious", null);
        }
        if (chance < 52) {
            throw new IllegalStateException(BROKEN);
        }
    }

    /** Something that is done again and again until the end. */
    private interface Act {
        void run(Random random) throws Exception;
    }

    private Thread start(String name, Act act) {
        Random random = new Random(StormSettings.seed() + name.hashCode());
        Thread thread = new Thread(
                () -> {
                    while (!stopped) {
                        try {
                            act.run(random);
                        } catch (InterruptedException e) {
                            // It is told to by the test, and goes on.
                        } catch (Throwable e) {
                            if (!isExplained(e)) {
                                unexpected.add(e);
                            }
                        }
                        Thread.interrupted();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void startClients(Deployment... deployments) {
        for (Deployment deployment : deployments) {
            int number = disturbed.size();
            disturbed.add(start("client-sync-" + number, random -> {
                float value = random.nextInt(1_000);
                check(deployment.predict(row(value, 0), context(random)), value);
            }));
            disturbed.add(start("client-async-" + number, random -> {
                float value = random.nextInt(1_000);
                CompletableFuture<Prediction> future = deployment.predictAsync(row(value, 0), context(random));
                futures.add(future);
                if (random.nextInt(10) == 0) {
                    future.cancel(true);
                } else if (random.nextBoolean()) {
                    check(future.get(100, TimeUnit.MILLISECONDS), value);
                }
                futures.removeIf(CompletableFuture::isDone);
                LockSupport.parkNanos(500_000);
            }));
            disturbed.add(start("client-batch-" + number, random -> {
                var outcomes = deployment.predictBatch(List.of(row(1, 0), row(2, 0), row(3, 0)), context(random));
                for (int i = 0; i < outcomes.size(); i++) {
                    if (outcomes.get(i) instanceof Outcome.Success<Prediction> success) {
                        check(success.value(), i + 1);
                    }
                }
            }));
        }
    }

    private static RequestContext context(Random random) {
        RequestContext context = RequestContext.key("key-" + random.nextInt(100));
        return random.nextInt(10) == 0 ? context.within(Duration.ofNanos(random.nextInt(2_000_000))) : context;
    }

    /** An answer is by a version that was desired at some time, and right unless the engine was told to spoil it. */
    private void check(Prediction prediction, float value) {
        int major = Integer.parseInt(prediction.version().version().toString().substring(0, 1));
        assertThat(major).isBetween(1, MAJORS);
        Tensor output = prediction.outputs().get("y");
        if (output.elementCount() == 2) {
            assertThat(output.floatAt(0, 0)).isEqualTo(value + major);
        }
        answered.incrementAndGet();
    }

    private static boolean isExplained(Throwable failure) {
        Throwable e = failure instanceof ExecutionException ? failure.getCause() : failure;
        if (e instanceof DeadlineExceededException
                || e instanceof CancellationException
                || e instanceof TimeoutException) {
            return true;
        }
        if (!Thread.currentThread().getName().startsWith("client")) {
            // Changes may fail for any fault, but as the library's errors say it.
            return e instanceof RegistryException || isTold(e);
        }
        boolean isDrained = e instanceof RegistryException known
                && known.code() == ErrorCode.CLOSED
                && Thread.currentThread().getName().contains("async");
        boolean isInterrupted = String.valueOf(e.getMessage()).contains("interrupted");
        return isDrained || isInterrupted || isTold(e);
    }

    private static boolean isTold(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            String message = String.valueOf(e.getMessage());
            boolean isOfTheModel = e instanceof RegistryException known && known.code() == ErrorCode.PREDICTION_FAILED;
            if (isOfTheModel || message.contains(MoodyEngine.TOLD) || message.contains(BROKEN)) {
                return true;
            }
        }
        return false;
    }

    private void startOperators(Deployment deployment, Deployment other, Deployments first, DeploymentOptions options) {
        disturbed.add(start("operator-1", random -> operate(deployment, random)));
        disturbed.add(start("operator-2", random -> operate(other, random)));
        others.add(start("undeployer", random -> undeploy(first, options)));
        others.add(start("vandal", this::vandalise));
        others.add(start("interrupter", random -> {
            disturbed.get(random.nextInt(disturbed.size())).interrupt();
            LockSupport.parkNanos(20_000_000);
        }));
        others.add(start("clock", random -> {
            clock.advance(Duration.ofMinutes(random.nextInt(1_200) - 600));
            LockSupport.parkNanos(10_000_000);
        }));
    }

    private void operate(Deployment deployment, Random random) {
        String version = "m:" + (1 + random.nextInt(MAJORS)) + ".0.0";
        switch (random.nextInt(8)) {
            case 0, 1 -> deployment.swap(version, "swap");
            case 2 ->
                deployment.rollOut(
                        version,
                        Rollout.steps().weight(30).wait(Duration.ofMillis(50)).weight(60),
                        "roll out");
            case 3 -> deployment.promote("promote");
            case 4 -> deployment.rollback("roll back");
            case 5 -> deployment.scale(1 + random.nextInt(4), "scale");
            case 6 -> deployment.abort("abort");
            default ->
                deployment.split(Split.salted("s").variant("a", version, 50).variant("b", "m:1.0.0", 50), "split");
        }
        changed.incrementAndGet();
    }

    /** Deploys under another name, leaves some futures behind, and undeploys. */
    private void undeploy(Deployments deployments, DeploymentOptions options) {
        Deployment side = deployments.deploy("storm-side", "m:2.0.0", options);
        for (int i = 0; i < 20; i++) {
            futures.add(side.predictAsync(row(i, 0), RequestContext.none()));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            try {
                side.undeploy("over");
            } catch (RuntimeException e) {
                // Whatever the store made of it, in the end it is undeployed.
                assertThat(isExplained(e)).isTrue();
            }
            return deployments.find("storm-side").isEmpty();
        });
    }

    /**
     * Edits the document into nonsense for a while: nobody can commit meanwhile, so the old bytes are the last ones.
     */
    private void vandalise(Random random) throws IOException {
        LockSupport.parkNanos(random.nextInt(600_000_000));
        StoredObject before = store.find(HEAD).orElseThrow();
        byte[] sound = store.readAll(HEAD);
        StoredObject spoilt;
        try {
            spoilt = store.write(
                    HEAD,
                    Content.of("weights: all of them".getBytes(StandardCharsets.UTF_8)),
                    WriteCondition.ifMatches(before.etag()));
        } catch (WriteConflictException e) {
            // Somebody has committed meanwhile.
            return;
        }
        LockSupport.parkNanos(30_000_000);
        store.write(HEAD, Content.of(sound), WriteCondition.ifMatches(spoilt.etag()));
    }
}
