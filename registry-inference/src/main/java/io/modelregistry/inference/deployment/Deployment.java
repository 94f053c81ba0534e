package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A name through which a host predicts, whichever version serves it at the moment. Thread-safe; ended by
 * {@link #undeploy} everywhere, or by closing the {@link Deployments} on this instance.
 *
 * <p>A change, such as a {@link #swap}, changes the desired state in the store, and takes effect on this instance
 * before the call returns and on the others when they look next. A change that fails leaves what served before serving.
 */
public final class Deployment {
    private final DeploymentName name;
    private final Host host;
    private final Serving serving;
    private final Controller controller;
    private final ControlThread control;
    private final Operations operations;
    private final Versions versions;
    private final Duration drainTimeout;

    Deployment(DeploymentName name, Host host, Controller.Parts parts, Controller controller) {
        this.name = name;
        this.host = host;
        this.serving = parts.serving();
        this.controller = controller;
        this.control = parts.control();
        this.versions = parts.versions();
        this.drainTimeout = parts.terms().options().drainTimeout();
        this.operations = new Operations(name, host, parts, controller);
    }

    Duration drainTimeout() {
        return drainTimeout;
    }

    /** Lets nobody wait for a load any more. */
    void endLoads() {
        versions.endLoads();
    }

    Operations operations() {
        return operations;
    }

    Controller controller() {
        return controller;
    }

    ControlThread control() {
        return control;
    }

    /** Its name. */
    public DeploymentName name() {
        return name;
    }

    /**
     * Computes all outputs.
     *
     * @throws io.modelregistry.model.RegistryException as {@link #predict(Tensors, List, RequestContext)} does
     */
    public Prediction predict(Tensors inputs) {
        return predict(inputs, List.of(), RequestContext.none());
    }

    /**
     * Computes all outputs.
     *
     * @throws io.modelregistry.model.RegistryException as {@link #predict(Tensors, List, RequestContext)} does
     */
    public Prediction predict(Tensors inputs, RequestContext context) {
        return predict(inputs, List.of(), context);
    }

    /**
     * Computes some outputs, all by one version.
     *
     * @param outputs distinct names of outputs; empty means all
     * @throws io.modelregistry.inference.InvalidTensorException if an input does not fit
     * @throws io.modelregistry.inference.PredictionFailedException if the engine fails
     * @throws io.modelregistry.inference.runtime.OverloadedException if too many requests wait
     * @throws io.modelregistry.inference.runtime.DeadlineExceededException if the deadline passed before the model was
     *     called
     * @throws io.modelregistry.inference.runtime.CircuitOpenException if the version fails too often at the moment
     * @throws DeploymentClosedException after {@link #undeploy}, or when the deployments were closed
     */
    public Prediction predict(Tensors inputs, List<String> outputs, RequestContext context) {
        return serving.predict(new Call(inputs, outputs, context));
    }

    /**
     * Computes all outputs on threads of the deployment. What depends on the future without being {@code Async} runs on
     * one of those threads, of which there are as many as replicas: there it must not wait for another answer of the
     * deployment, which belongs to {@code thenApplyAsync} and the like. The future is always completed, also when the
     * deployment ends, with what {@link #predict(Tensors, RequestContext)} would return or throw; cancelling it before
     * the request has begun keeps it from being computed.
     */
    public CompletableFuture<Prediction> predictAsync(Tensors inputs, RequestContext context) {
        return serving.submit(new Call(inputs, List.of(), context));
    }

    /**
     * Computes all outputs of many inputs in as few calls of the model as it allows, all by one version. A bad input
     * fails alone.
     *
     * @return one outcome per input, in the order of the inputs
     */
    public List<Outcome<Prediction>> predictBatch(List<Tensors> inputs, RequestContext context) {
        return serving.predictAll(new Call(Tensors.empty(), List.of(), context), List.copyOf(inputs));
    }

    /**
     * Sends all traffic to the version of a reference at once, and follows that reference from now on if it follows
     * one.
     *
     * @throws PreflightFailedException if the version does not pass a check
     * @throws RolloutRefusedException if a rollout runs
     * @throws io.modelregistry.registry.ModelNotFoundException if the reference leads to no version
     * @throws io.modelregistry.inference.runtime.MemoryBudgetExceededException if it does not fit the memory budget
     */
    public DeploymentSnapshot swap(String reference, String reason) {
        return operations.swap(ModelRef.parse(reference), reason);
    }

    /**
     * Begins to go to the version of a reference step by step.
     *
     * @throws PreflightFailedException if the version does not pass a check
     * @throws RolloutRefusedException if a rollout runs, or the version serves already
     */
    public DeploymentSnapshot rollOut(String reference, Rollout rollout, String reason) {
        return operations.rollOut(ModelRef.parse(reference), rollout.plan(), reason);
    }

    /**
     * Ends the rollout that runs: all traffic to the candidate.
     *
     * @throws RolloutRefusedException if none runs
     */
    public DeploymentSnapshot promote(String reason) {
        return operations.promote(reason);
    }

    /**
     * Ends the rollout that runs: all traffic back, and the candidate is not tried again by itself.
     *
     * @throws RolloutRefusedException if none runs
     */
    public DeploymentSnapshot abort(String reason) {
        return operations.abort(reason);
    }

    /**
     * Lets the rollout wait where it is; a breach still rolls it back.
     *
     * @throws RolloutRefusedException if none runs
     */
    public DeploymentSnapshot pause(String reason) {
        return operations.pause(reason);
    }

    /**
     * Lets the rollout go on, past the step that waits for it; without a rollout, lets what was rolled back be tried
     * again.
     *
     * @throws RolloutRefusedException if nothing is paused or held
     */
    public DeploymentSnapshot resume(String reason) {
        return operations.resume(reason);
    }

    /**
     * Lets the rollout go on past a step that asks for approval.
     *
     * @throws RolloutRefusedException if it is at another step, or none runs
     */
    public DeploymentSnapshot approve(String reason) {
        return operations.approve(reason);
    }

    /**
     * Goes back: out of the rollout that runs, or to the version that served before. The version that is left is not
     * tried again by itself until its reference moves on or somebody {@linkplain #resume resumes}.
     *
     * @throws RolloutRefusedException if no other version has served
     */
    public DeploymentSnapshot rollback(String reason) {
        return operations.rollBack(reason);
    }

    /**
     * Goes back to one of {@link #rollbackTargets}, after it has passed its checks.
     *
     * @throws RolloutRefusedException if it is none of them, or a rollout runs
     */
    public DeploymentSnapshot rollback(PinnedVersion to, String reason) {
        return operations.rollBack(to, reason);
    }

    /** The versions that served before, the last one first. */
    public List<PinnedVersion> rollbackTargets() {
        return operations.present().previous();
    }

    /**
     * Splits the traffic between named variants until the next swap.
     *
     * @throws InvalidValueException if the shares do not sum up to 100 percent
     * @throws RolloutRefusedException if a rollout runs
     */
    public DeploymentSnapshot split(Split split, String reason) {
        return operations.split(split, reason);
    }

    /**
     * Replaces the rules that send requests with an attribute to a variant.
     *
     * @throws InvalidValueException if a rule names no variant
     */
    public DeploymentSnapshot route(List<Traffic.Rule> rules, String reason) {
        return operations.route(rules, reason);
    }

    /**
     * Copies a share of the requests to another version, whose answers are compared and given to nobody.
     *
     * @throws InvalidValueException if the share is none
     */
    public DeploymentSnapshot shadow(String reference, double percent, String reason) {
        return operations.shadow(Optional.of(ModelRef.parse(reference)), Shares.weight(percent), reason);
    }

    /** Copies requests to no version any more. */
    public DeploymentSnapshot endShadow(String reason) {
        return operations.shadow(Optional.empty(), 0, reason);
    }

    /**
     * Sets how many calls each instance computes at once.
     *
     * @throws InvalidValueException if it is less than 1
     */
    public DeploymentSnapshot scale(int replicas, String reason) {
        return operations.scale(replicas, reason);
    }

    /** Looks at the desired state now instead of in a while. */
    public void reload() {
        control.call("reload", () -> {
            controller.look();
            return name;
        });
    }

    /** How this instance is. */
    public InstanceStatus status() {
        return controller.reporter().status(controller, controller.step());
    }

    /** How all instances say they are, as they wrote last; instances that are gone may be among them. */
    public List<InstanceStatus> fleet() {
        return host.store().statuses(name);
    }

    /** How this instance is, in a word. */
    public InstanceStatus.Health health() {
        return Reporter.health(controller);
    }

    /**
     * The desired state that this instance has seen last.
     *
     * @throws DeploymentClosedException if it has seen none
     */
    public DeploymentSnapshot snapshot() {
        return controller.desired().orElseThrow(() -> new DeploymentClosedException(name.value()));
    }

    /** The changes behind a revision, ascending, at most so many. */
    public List<DeploymentEvent> history(long afterRevision, int limit) {
        return host.store().history(name, afterRevision, limit);
    }

    /**
     * Stops serving on every instance. Requests that wait are answered or fail within the drain timeout, and no future
     * is left behind. The history stays.
     */
    public void undeploy(String reason) {
        operations.undeploy(reason);
    }

    @Override
    public String toString() {
        return "Deployment[%s, revision %s, %s]".formatted(name, controller.appliedRevision(), health());
    }
}
