package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.Slo;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes copies of answered requests with another version and compares the answers, behind the caller's back: on
 * threads of its own, at most so many at a time, and dropped when busy. Nothing of it reaches the caller. Thread-safe.
 */
final class Mirror {
    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final int CAPACITY = 64;

    private final Executor threads;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile @Nullable Plan plan;

    Mirror(Executor threads) {
        this.threads = threads;
    }

    /**
     * What is mirrored.
     *
     * @param to the version that computes the copies
     * @param share how many of the requests, in {@link Traffic#WHOLE}ths
     * @param from only requests that this variant answered; empty for all
     * @param judged whose count the differences go to
     * @param isCounted whether the copies are all that the version is asked, and count as its requests
     */
    record Plan(Target to, int share, Optional<String> from, VersionStats judged, boolean isCounted) {
        /**
         * The shadow; or, while a rollout has an objective on differences, the canary's requests to the primary.
         *
         * @param targets gives what serves a version under a variant's name
         */
        static Optional<Plan> of(DeploymentState state, BiFunction<String, PinnedVersion, Target> targets) {
            Optional<Traffic.Shadow> shadow = state.traffic().shadow();
            if (shadow.isPresent()) {
                Target to = targets.apply("shadow", shadow.get().version());
                boolean servesNobody = state.traffic().variants().stream()
                        .noneMatch(
                                variant -> variant.version().equals(shadow.get().version()));
                return Optional.of(new Plan(
                        to, shadow.get().share(), Optional.empty(), to.version().stats(), servesNobody));
            }
            return state.rollout().filter(Plan::comparesPredictions).map(rollout -> {
                Target judged = targets.apply(Variant.CANARY, rollout.candidate());
                return new Plan(
                        targets.apply(Variant.PRIMARY, state.primary()),
                        Traffic.WHOLE,
                        Optional.of(Variant.CANARY),
                        judged.version().stats(),
                        false);
            });
        }

        private static boolean comparesPredictions(RolloutState rollout) {
            return rollout.plan().analysis().stream()
                    .flatMap(analysis -> analysis.slos().stream())
                    .anyMatch(slo -> slo.indicator() == Slo.Indicator.PREDICTION_DIFFERENCE);
        }
    }

    void follow(Optional<Plan> next) {
        plan = next.orElse(null);
    }

    boolean isOn() {
        return plan != null;
    }

    /** Mirrors a request, perhaps. */
    void offer(Call call, Prediction prediction) {
        Plan now = plan;
        if (now == null
                || (now.from.isPresent() && !now.from.get().equals(prediction.variant()))
                || (now.share < Traffic.WHOLE && ThreadLocalRandom.current().nextInt(Traffic.WHOLE) >= now.share)) {
            return;
        }
        if (pending.incrementAndGet() > CAPACITY) {
            pending.decrementAndGet();
            return;
        }
        try {
            // The caller may write into its buffers again as soon as it has its answer.
            Call copy = copy(call);
            threads.execute(() -> {
                try {
                    compare(now, copy, prediction);
                } finally {
                    pending.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException e) {
            pending.decrementAndGet();
        } catch (RuntimeException | Error e) {
            // Such as a lack of memory for the copy, which is no reason to keep the answer from the caller.
            pending.decrementAndGet();
            LOG.warn("A request could not be mirrored to {}", now.to.version().label(), e);
        }
    }

    /** The call with inputs that nobody else writes into. */
    static Call copy(Call call) {
        Map<String, TensorValue> copies = new LinkedHashMap<>();
        call.inputs()
                .forEach((name, value) -> copies.put(name, value instanceof Tensor tensor ? tensor.copy() : value));
        return new Call(Tensors.of(copies), call.outputs(), call.context());
    }

    private static void compare(Plan plan, Call call, Prediction prediction) {
        ServingVersion version = plan.to.version();
        LoadedModel model = version.enter();
        if (model == null) {
            return;
        }
        try {
            long begun = System.nanoTime();
            Tensors mirrored = model.predictor().predict(call.inputs(), call.outputs());
            if (plan.isCounted) {
                plan.judged.answered(System.nanoTime() - begun);
            }
            plan.judged.compared(OutputDifference.between(prediction.outputs(), mirrored));
        } catch (RuntimeException | Error e) {
            if (plan.isCounted) {
                plan.judged.failed();
            }
            plan.judged.compared(Double.POSITIVE_INFINITY);
            LOG.debug("A mirrored request of '{}' failed in {}", prediction.deployment(), version.label(), e);
        } finally {
            model.handle().leave();
        }
    }
}
