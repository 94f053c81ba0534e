package io.modelregistry.deployment;

/** What a change of a deployment did. */
public enum DeploymentAction {
    /** It began to serve. */
    DEPLOYED,
    /** It went to another version at once. */
    SWAPPED,
    /** A rollout began. */
    ROLLOUT_STARTED,
    /** A rollout went on to its next step. */
    STEP_ADVANCED,
    /** A rollout waits for a person. */
    ROLLOUT_PAUSED,
    /** A rollout goes on, or what was held may be tried again. */
    RESUMED,
    /** A person let a rollout go on past a step that asks for it. */
    APPROVED,
    /** The candidate took all traffic. */
    PROMOTED,
    /** A rollout was given up by a person; all traffic went back. */
    ABORTED,
    /** An earlier version came back, by a person or because a candidate broke an objective. */
    ROLLED_BACK,
    /** Weights, rules, variants or the shadow were changed. */
    TRAFFIC_CHANGED,
    /** The number of replicas was changed. */
    SCALED,
    /** What it follows, its plan or its labels were changed. */
    CONFIGURED,
    /** It stopped serving everywhere. */
    UNDEPLOYED
}
