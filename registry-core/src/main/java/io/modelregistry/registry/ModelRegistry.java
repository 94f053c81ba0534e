package io.modelregistry.registry;

import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Caller;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import java.util.List;
import java.util.Optional;

/**
 * Models and their versions, from a file to what is in production.
 *
 * <p>Every verb that changes something is one atomic commit: it is durable when the call returns, readers see the state
 * before it or after it, and of two that contradict each other one fails. A reference handed to such a verb is resolved
 * inside the commit. Versions are never deleted.
 *
 * <p>Thread-safe. Any number of registries, in any number of processes, may be open over one store. Besides the
 * exceptions that are named, every call may throw {@link StorageFailedException}, {@link CorruptionException} or
 * {@link RegistryClosedException}; every verb may throw {@link CommitConflictException} or
 * {@link OutcomeUnknownException}.
 */
public interface ModelRegistry extends AutoCloseable {
    /**
     * Uploads, seals and publishes a version; creates the model if there is none. Registering the same content under
     * the same version again changes nothing and returns what is there. A registration that fails may use up the
     * version number that it was to get.
     *
     * @throws VersionExistsException if the version is published with other content
     * @throws InvalidArtifactException if a file cannot be registered
     * @throws RetiredModelException if the model is retired
     */
    RegisteredVersion register(Registration registration);

    /**
     * Begins a registration whose files come from several calls. Files that the registration has are uploaded first.
     */
    Upload upload(Registration registration);

    /** A model as it is now; empty if there is none. */
    Optional<RegisteredModel> findModel(ModelName name);

    /** A page of models. */
    Page<RegisteredModel> models(ModelQuery query);

    /**
     * A page of the names of models, without reading the models, in lower case: on a remote store one request for a
     * thousand names. A name whose first registration did not come to its end may be among them.
     */
    Page<ModelName> modelNames(ModelQuery query);

    /** The version that a reference leads to, without reading its manifest; empty if there is none. */
    Optional<VersionSummary> findSummary(ModelRef ref);

    /** The version that a reference leads to; empty if there is none. */
    Optional<RegisteredVersion> find(ModelRef ref);

    /** A page of the versions of a model, newest first in semantic order; empty if there is no such model. */
    Page<VersionSummary> versions(ModelName name, VersionQuery query);

    /**
     * The version with the best value of a metric, the newest of equals; empty if no version has it. Reads all
     * manifests.
     */
    Optional<RegisteredVersion> findBest(ModelName name, Metric metric);

    /** The aliases of a model. */
    Aliases aliases(ModelName name);

    /** The history of a model. */
    History history(ModelName name);

    /** The editable facts of a model and its versions. */
    Editing edit(ModelName name);

    /** The attachments of a version. */
    Attaching attachments(ModelRef ref);

    /** The files of a version. */
    Artifacts artifacts(ModelRef ref);

    /**
     * The deployments of the registry: what hosts serve under which names. Changes of them are made in the name of whom
     * the registry acts for.
     *
     * @throws RegistryClosedException if the registry is closed
     */
    DeploymentStore deployments();

    /** Prepares a move of a version to a stage. */
    Move move(ModelRef ref, Stage stage);

    /**
     * Brings a version back that has been in production.
     *
     * @param ref one of {@link #rollbackTargets}
     * @throws IllegalTransitionException if it has never been in production, or is there now
     */
    RegisteredVersion rollback(ModelRef ref, String reason);

    /**
     * Brings back the version that left production last, which is chosen in the same commit. Called again, it brings
     * back the one that the first call replaced: to go further back, name one of {@link #rollbackTargets}.
     *
     * @throws IllegalTransitionException if no version can be brought back
     */
    RegisteredVersion rollback(ModelName name, String reason);

    /** The versions that a rollback may bring back, the one that left production last first. */
    List<VersionSummary> rollbackTargets(ModelName name);

    /**
     * Reads a version as an object, by the serializer for its framework and the type.
     *
     * @throws io.modelregistry.model.RegistryException {@code UNSUPPORTED} if there is no serializer for it
     */
    <T> T load(ModelRef ref, Class<T> type);

    /**
     * The same registry in the name of a caller; closing the view does nothing, and it cannot act as another caller.
     */
    ModelRegistry actingAs(Caller caller);

    /**
     * Stops watches, deletes what was materialised, and closes the store unless it was left to the host. Idempotent.
     */
    @Override
    void close();

    /** The model of a name. */
    default RegisteredModel getModel(String name) {
        ModelName parsed = ModelName.parse(name);
        return findModel(parsed).orElseThrow(() -> ModelNotFoundException.model(parsed));
    }

    /** The version that a reference leads to. */
    default RegisteredVersion get(String ref) {
        return get(ModelRef.parse(ref));
    }

    /** The version that a reference leads to. */
    default RegisteredVersion get(ModelRef ref) {
        return find(ref).orElseThrow(() -> ModelNotFoundException.version(ref, "nothing matches"));
    }

    /** The version that a reference leads to, without reading its manifest. */
    default VersionSummary resolve(String ref) {
        return resolve(ModelRef.parse(ref));
    }

    /** The version that a reference leads to, without reading its manifest. */
    default VersionSummary resolve(ModelRef ref) {
        return findSummary(ref).orElseThrow(() -> ModelNotFoundException.version(ref, "nothing matches"));
    }

    /** The version with the highest value of a metric. */
    default RegisteredVersion best(String name, String metric) {
        ModelName parsed = ModelName.parse(name);
        return findBest(parsed, Metric.highest(metric))
                .orElseThrow(() -> ModelNotFoundException.version(
                        ModelRef.newest(parsed), "no version has the metric '" + metric + "'"));
    }

    /** In what two versions differ. */
    default VersionComparison compare(String left, String right) {
        return VersionComparison.of(get(left).manifest(), get(right).manifest());
    }

    /** Moves a version to a stage without a reason. */
    default RegisteredVersion promote(String ref, Stage stage) {
        return move(ModelRef.parse(ref), stage).commit();
    }

    /** Brings back the version of a model that left production last. */
    default RegisteredVersion rollback(String name, String reason) {
        return rollback(ModelName.parse(name), reason);
    }

    /** The aliases of a model. */
    default Aliases aliases(String name) {
        return aliases(ModelName.parse(name));
    }

    /** The history of a model. */
    default History history(String name) {
        return history(ModelName.parse(name));
    }

    /** The editable facts of a model and its versions. */
    default Editing edit(String name) {
        return edit(ModelName.parse(name));
    }

    /** The attachments of a version. */
    default Attaching attachments(String ref) {
        return attachments(ModelRef.parse(ref));
    }

    /** The files of a version. */
    default Artifacts artifacts(String ref) {
        return artifacts(ModelRef.parse(ref));
    }

    /** Reads a version as an object. */
    default <T> T load(String ref, Class<T> type) {
        return load(ModelRef.parse(ref), type);
    }
}
