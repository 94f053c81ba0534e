package io.modelregistry.inference.deployment;

import io.modelregistry.ModelRegistries;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.Slo;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * An instance that serves the deployment {@code churn} and predicts for the same keys all the time. It keeps a record
 * of lines: {@code look BEGIN END} for each look at the desired state, {@code ready TIME VERSIONS} when others than
 * before are seen to be loaded, and {@code pass BEGIN END ANSWERS} for each time that it asked for all keys, with the
 * major version that answered as one character a key, {@code x} for a failure. Times are microseconds that all
 * processes of a host count alike.
 */
final class FleetInstance implements FleetMember {
    static final int KEYS = 300;
    private static final Duration LONG = Duration.ofSeconds(200);
    static final DeploymentName NAME = DeploymentName.parse("churn");
    private static final StorageKey HEAD = StorageKey.of("deployments/churn/config.json");
    private static final long ORIGIN =
            ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - System.nanoTime() / 1000;

    private final ScriptedProvider engine = new ScriptedProvider();
    private final List<String> record = new CopyOnWriteArrayList<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger passes = new AtomicInteger();
    private final ModelRegistry registry;
    private final Deployments deployments;
    private volatile boolean stopped;
    private String ready = "none";
    private volatile @Nullable Thread client;

    FleetInstance(StorageNode node, String id) {
        registry = ModelRegistries.builder(new Looks(node)).open();
        deployments = Deployments.builder(registry)
                .instance(id)
                .pollInterval(Duration.ofMillis(50))
                .heartbeat(Duration.ofMillis(200))
                .open();
    }

    static long now() {
        return ORIGIN + System.nanoTime() / 1000;
    }

    static String key(int number) {
        return "customer-" + number;
    }

    /** Notes when the desired state is read. */
    private final class Looks extends ForwardingNode {
        Looks(StorageNode node) {
            super(node);
        }

        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            long begin = now();
            Optional<OpenObject> opened = super.open(key, range, unlessEtag);
            if (key.equals(HEAD)) {
                record.add("look " + begin + " " + now());
                looks.incrementAndGet();
            }
            return opened;
        }
    }

    @Override
    public String ask(String command) {
        String[] words = command.split(" ");
        return command(words[0], words.length > 1 ? words[1] : "");
    }

    /** Does one thing. */
    private String command(String what, String version) {
        switch (what) {
            case "deploy" -> begin(deployments.deploy(NAME.value(), version, options()));
            case "join" -> begin(deployments.join(NAME.value(), options()));
            case "swap" -> deployment().swap(version, "");
            case "roll-out" ->
                deployment()
                        .rollOut(
                                version,
                                Rollout.steps()
                                        .weight(1)
                                        .approve()
                                        .weight(10)
                                        .approve()
                                        .weight(50)
                                        .approve()
                                        .weight(100)
                                        .approve(),
                                "");
            case "roll-out-by-itself" ->
                deployment()
                        .rollOut(
                                version,
                                Rollout.steps()
                                        .weight(10)
                                        .wait(Duration.ofMillis(300))
                                        .weight(50)
                                        .wait(Duration.ofMillis(300)),
                                "");
            case "try" -> deployment().rollOut(version, judged(), "");
            case "approve" -> deployment().approve("");
            case "promote" -> deployment().promote("");
            case "roll-back" -> deployment().rollback("");
            case "break" ->
                engine.behave(version, in -> {
                    throw new IllegalStateException("broken here");
                });
            case "settle" -> settle();
            default -> throw new IllegalArgumentException(what);
        }
        return Long.toString(deployment().snapshot().revision());
    }

    private static Rollout judged() {
        return Rollout.steps()
                .weight(50)
                .analyse()
                .slo(Slo.errorRateBelow(0.05))
                .every(Duration.ofMillis(200))
                .minimumSamples(20)
                .consecutiveSuccesses(100_000);
    }

    private Deployment deployment() {
        return deployments.get(NAME.value());
    }

    private DeploymentOptions options() {
        return DeploymentOptions.builder()
                .load(LoadOptions.builder().provider(engine).build())
                .build();
    }

    private void begin(Deployment deployment) {
        Thread thread = new Thread(
                () -> {
                    while (!stopped) {
                        pass(deployment);
                        LockSupport.parkNanos(5_000_000);
                    }
                },
                "client-" + deployments.instance());
        thread.setDaemon(true);
        thread.start();
        client = thread;
    }

    private void pass(Deployment deployment) {
        String loaded = deployment.status().versions().stream()
                .filter(version -> version.state().equals("ready"))
                .map(version -> version.version().version().toString().substring(0, 1))
                .collect(Collectors.joining());
        if (!loaded.equals(ready)) {
            ready = loaded;
            record.add("ready " + now() + " " + loaded);
        }
        StringBuilder answers = new StringBuilder(KEYS);
        long begin = now();
        for (int i = 0; i < KEYS; i++) {
            try {
                Prediction answer = deployment.predict(ScriptedProvider.row(0, 0), RequestContext.key(key(i)));
                answers.append((int) answer.outputs().get("y").floatAt(0, 0));
            } catch (RegistryException e) {
                answers.append('x');
            }
        }
        record.add("pass " + begin + " " + now() + " " + answers);
        passes.incrementAndGet();
    }

    /** Waits for more looks and passes than any change may need. */
    private void settle() {
        int looksNow = looks.get();
        Awaitility.await().atMost(LONG).until(() -> looks.get() >= looksNow + 5);
        int passesNow = passes.get();
        Awaitility.await().atMost(LONG).until(() -> passes.get() >= passesNow + 3);
    }

    @Override
    public List<String> record() {
        return List.copyOf(record);
    }

    @Override
    public void close() {
        stopped = true;
        Awaitility.await().atMost(LONG).until(() -> client == null || !client.isAlive());
        deployments.close();
        registry.close();
    }
}
