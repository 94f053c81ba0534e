package io.modelregistry.internal.document;

import io.modelregistry.deployment.Analysis;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.deployment.Slo;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Makes deployments and statuses at random, with every alternative of theirs. Not thread-safe. */
final class DeploymentStates {
    private static final List<String> TEXTS = List.of(
            "", "a", "Gr\u00fc\u00dfe", "\u4f60\u597d", "\ud83d\ude00", "\"quoted\"\\\n\t\u0000", "</script>", " ");

    private final Random random;

    DeploymentStates(long seed) {
        this.random = new Random(seed);
    }

    DeploymentState state() {
        RolloutPlan plan = plan();
        Optional<RolloutState> rollout = maybe(() -> new RolloutState(
                text(),
                plan,
                version(),
                random.nextInt(plan.steps().size() + 1),
                any(RolloutState.Phase.values()),
                principal()));
        SortedSet<Digest> held = new TreeSet<>();
        some(this::digest).forEach(held::add);
        SortedMap<String, String> unknown = new TreeMap<>();
        if (random.nextInt(3) == 0) {
            unknown.put("novel", "{\"a\":[1,2.50,null,true,\"x\"],\"b\":{}}");
            unknown.put("zero", "0");
        }
        return new DeploymentState(
                reference(),
                any(DeploymentState.Follow.values()),
                plan(),
                traffic(rollout.map(RolloutState::candidate)),
                rollout,
                some(this::version),
                held,
                maybe(() -> 1 + random.nextInt(DeploymentState.MAX_REPLICAS)),
                texts(),
                any(DeploymentState.Status.values()),
                unknown);
    }

    InstanceStatus status() {
        return new InstanceStatus(
                "i-" + random.nextInt(1000) + ".a_b",
                random.nextLong(),
                random.nextLong(),
                instant(),
                any(InstanceStatus.Health.values()),
                text(),
                random.nextInt(),
                some(() -> new InstanceStatus.VersionStatus(
                        text(), version(), text(), random.nextLong(), random.nextLong(), duration(), duration())),
                maybe(() -> new InstanceStatus.StepReport(
                        text(), random.nextInt(), any(InstanceStatus.Verdict.values()), random.nextLong(), text())),
                texts());
    }

    private Traffic traffic(Optional<PinnedVersion> candidate) {
        int canary = random.nextInt(Traffic.WHOLE + 1);
        List<Variant> variants = new ArrayList<>();
        variants.add(new Variant(Variant.PRIMARY, version(), Traffic.WHOLE - canary));
        variants.add(new Variant(Variant.CANARY, candidate.orElseGet(this::version), canary));
        return new Traffic(
                text(),
                any(Traffic.Unit.values()),
                variants,
                some(() -> new Traffic.Rule("x" + text(), text(), any(Variant.PRIMARY, Variant.CANARY))),
                maybe(() -> new Traffic.Shadow(version(), 1 + random.nextInt(Traffic.WHOLE))));
    }

    private RolloutPlan plan() {
        Optional<Analysis> analysis = maybe(this::analysis);
        List<RolloutStep> steps = some(this::step);
        if (analysis.isEmpty()) {
            steps.removeIf(RolloutStep.Analyse.class::isInstance);
        }
        return new RolloutPlan(any(RolloutPlan.Strategy.values()), steps, analysis);
    }

    RolloutStep step() {
        return any(
                new RolloutStep.SetWeight(random.nextInt(Traffic.WHOLE + 1)),
                new RolloutStep.Wait(duration()),
                new RolloutStep.Hold(),
                new RolloutStep.Analyse(),
                new RolloutStep.Approve());
    }

    private Analysis analysis() {
        List<Slo> slos = some(this::slo);
        slos.add(slo());
        return new Analysis(
                slos,
                duration().plusNanos(1),
                1 + random.nextInt(1000),
                random.nextInt(10),
                1 + random.nextInt(10),
                random.nextInt(10),
                any(Analysis.OnBreach.values()));
    }

    private Slo slo() {
        double limit = any(0.0, 0.1, 1e-300, 1.5, 2e23, 1.0 / 3, random.nextDouble());
        return any(
                Slo.errorRateBelow(random.nextDouble()),
                Slo.errorRateTimesPrimary(limit),
                Slo.latencyBelow(100 - random.nextInt(100) / 3.0, duration()),
                Slo.latencyTimesPrimary(99.9, limit),
                Slo.predictionDifferenceBelow(limit));
    }

    private ModelRef reference() {
        return ModelRef.parse(any(
                "nlp/sentiment",
                "m:1.4.0",
                "m:^1.2",
                "m#3",
                "m@production",
                "m@champion",
                "m@" + digest(),
                "m:1.4.0@" + digest()));
    }

    private PinnedVersion version() {
        return new PinnedVersion(
                ModelName.parse(any("m", "nlp/sentiment", "Iris")),
                ModelVersion.parse(any("1.0.0", "2.0.0-rc.1", "10.20.30")),
                digest());
    }

    private Digest digest() {
        return Digest.sha256(new byte[] {(byte) random.nextInt()});
    }

    Principal principal() {
        return any(Principal.user("anna"), Principal.service("rollout"));
    }

    Instant instant() {
        return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
    }

    private Duration duration() {
        return any(
                Duration.ZERO,
                Duration.ofNanos(random.nextInt(Integer.MAX_VALUE)),
                Duration.ofDays(400).plusMillis(7));
    }

    String text() {
        return any(TEXTS.toArray(String[]::new));
    }

    private SortedMap<String, String> texts() {
        SortedMap<String, String> texts = new TreeMap<>();
        some(this::text).forEach(name -> texts.put(name, text()));
        return texts;
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> List<T> some(Supplier<T> value) {
        List<T> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            values.add(value.get());
        }
        return values;
    }

    @SafeVarargs
    final <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }
}
