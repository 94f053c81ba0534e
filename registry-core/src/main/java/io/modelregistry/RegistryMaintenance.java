package io.modelregistry;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.maintenance.GarbageCollector;
import io.modelregistry.internal.maintenance.NameRestorer;
import io.modelregistry.internal.maintenance.RegistryCopier;
import io.modelregistry.internal.maintenance.RegistryVerifier;
import io.modelregistry.internal.maintenance.UnfinishedCopies;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.maintenance.CollectionPlan;
import io.modelregistry.maintenance.CollectionReport;
import io.modelregistry.maintenance.CopyReport;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.model.Caller;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.Principal;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Looks after the store of a registry: checks it, collects what nothing names, and copies it.
 *
 * <p>The registry may be in use meanwhile, by this process and by others. The node stays the caller's: it is neither
 * owned nor closed. Immutable; thread-safe if the progress listener is.
 */
public final class RegistryMaintenance {
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(60);

    private final StorageNode node;
    private final Clock clock;
    private final Supplier<String> ids;
    private final Principal actor;
    private final MaintenanceProgress progress;

    private RegistryMaintenance(StorageNode node, Source source, Principal actor, MaintenanceProgress progress) {
        this.node = Objects.requireNonNull(node, "node");
        this.clock = source.clock;
        this.ids = source.ids;
        this.actor = actor;
        this.progress = progress;
    }

    private record Source(Clock clock, Supplier<String> ids) {
        Source {
            Objects.requireNonNull(clock, "clock");
            Objects.requireNonNull(ids, "ids");
        }
    }

    /** Looks after the store at a node, in the name of the user that the operating system names. */
    public static RegistryMaintenance over(StorageNode node) {
        Principal user = Principal.user(System.getProperty("user.name", "unknown"));
        Source source = new Source(Clock.systemUTC(), ModelRegistries.Builder.randomIds());
        return new RegistryMaintenance(node, source, user, MaintenanceProgress.NONE);
    }

    /** The same in the name of a caller. */
    public RegistryMaintenance actingAs(Caller caller) {
        return new RegistryMaintenance(node, new Source(clock, ids), caller.principal(), progress);
    }

    /** The same with progress told to a listener. */
    public RegistryMaintenance reportingTo(MaintenanceProgress listener) {
        return new RegistryMaintenance(
                node, new Source(clock, ids), actor, Objects.requireNonNull(listener, "listener"));
    }

    /** The same with another clock and source of unique ids, as {@link ModelRegistries.Builder#ids} describes it. */
    public RegistryMaintenance with(Clock otherClock, Supplier<String> otherIds) {
        return new RegistryMaintenance(node, new Source(otherClock, otherIds), actor, progress);
    }

    /**
     * Reads everything that is stored and compares it with what the documents say: every head, event, page, manifest,
     * file and attachment of models, and every document of deployments. Damage is reported, not thrown, and the check
     * goes on behind it. What a newer version of the library wrote is reported and not checked.
     *
     * <p>Memory does not grow with the number of models, of versions, or with the size of files.
     *
     * @throws io.modelregistry.registry.StorageFailedException if the store cannot be listed
     */
    public VerificationReport verify() {
        try {
            return new RegistryVerifier(node, progress).verify();
        } catch (IOException e) {
            throw StoreErrors.of("verify the registry", e);
        }
    }

    /** Checks one model as {@link #verify()} does; of a model that does not exist nothing is found. */
    public VerificationReport verify(ModelName model) {
        try {
            return new RegistryVerifier(node, progress).verify(ModelKeys.of(model));
        } catch (IOException e) {
            throw StoreErrors.of("verify '" + model + "'", e);
        }
    }

    /**
     * Finds what nothing names: uploads that were never sealed, folders of attempts that another one forestalled, files
     * that the manifest of their version does not name, pages that were replaced or whose commits did not take place,
     * and notes on contents of versions that are not published. Changes nothing.
     *
     * @param olderThan only what was written so long ago, and nothing of a version to which something was uploaded
     *     since. This spares uploads under way the trouble of beginning again; safety does not depend on it
     */
    public CollectionPlan planCollection(Duration olderThan) {
        if (olderThan.isNegative()) {
            throw new InvalidValueException("age", olderThan.toString(), "it is negative", "zero or more");
        }
        try {
            return new GarbageCollector(node, environment()).plan(before(olderThan));
        } catch (IOException e) {
            throw StoreErrors.of("plan a collection", e);
        }
    }

    private Instant before(Duration age) {
        Instant now = clock.instant();
        boolean isBeforeAll = age.compareTo(Duration.between(Instant.MIN, now)) > 0;
        return isBeforeAll ? Instant.MIN : now.minus(age);
    }

    /**
     * Deletes what a plan lists and is found to be garbage again. Before anything of an unpublished version is deleted
     * the version is made void, before pages are deleted the model gets a new revision: a writer that is under way is
     * thereby refused, and begins again under other names. May be repeated when it fails half-way.
     */
    public CollectionReport collectGarbage(CollectionPlan plan) {
        try {
            return new GarbageCollector(node, environment()).collect(plan, new Call(actor, "collection"));
        } catch (IOException e) {
            throw StoreErrors.of("collect garbage", e);
        }
    }

    /**
     * Copies all models with their history, byte for byte, to another store: a backup, or its restoration. Digests are
     * checked on the way. A model that the target has at an earlier revision is brought up to date; one that it has
     * otherwise is refused. Deployments are not copied.
     *
     * <p>A reader of the target sees each model as it was before or as it is after. Nobody else may change the model in
     * the target meanwhile. A copy that was interrupted is made again, and skips what is there.
     *
     * <p>A model that is damaged in the source, or was lost there, is not copied and does not keep the others from it.
     *
     * @throws io.modelregistry.maintenance.CopyRefusedException if the target holds something else; of the models that
     *     are in its way nothing was written
     * @throws io.modelregistry.maintenance.IncompleteCopyException if models could not be copied, such as for damage;
     *     the others were, and nothing damaged was written
     * @throws io.modelregistry.registry.CorruptionException if the source has models and no registry document
     */
    public CopyReport copyTo(StorageNode target) {
        try {
            return copier(target).copyAll();
        } catch (IOException e) {
            throw StoreErrors.of("copy the registry", e);
        }
    }

    /**
     * Copies some models as {@link #copyTo(StorageNode)} does, such as from development to production. A target that is
     * no registry yet becomes one with an id of its own.
     *
     * @throws io.modelregistry.registry.ModelNotFoundException if there is no such model; nothing was written
     */
    public CopyReport copyTo(StorageNode target, Collection<ModelName> models) {
        try {
            return copier(target).copy(models);
        } catch (IOException e) {
            throw StoreErrors.of("copy " + models, e);
        }
    }

    /**
     * Ends the copies into this store that did not come to their end, so that its models can be changed here: to be
     * called once before a backup takes over from a source that is lost. Nobody may change the registry meanwhile.
     *
     * <p>A copy brings the events of a model before its head. When it is interrupted they lie where the model's own
     * next events belong, and changes of the model fail until the copy goes on, or is ended here. A model to which that
     * happened gets a new revision; from then on copies from the source are refused. What has no head is left as it is.
     *
     * <p>Not for a store in which a head was put back from an older backup: the events behind it look the same there,
     * and are its own. {@link #verify()} names what would go as left over.
     *
     * @return the events that are gone, and those of models without a head
     * @throws io.modelregistry.registry.CorruptionException if heads are damaged; the other models were treated
     */
    public CollectionReport endCopies() {
        try {
            return new UnfinishedCopies(node, environment()).end(new Call(actor, "an unfinished copy was ended"));
        } catch (IOException e) {
            throw StoreErrors.of("end copies", e);
        }
    }

    /**
     * Lists the models that are there and not listed, such as one whose folder was put into the store by hand.
     *
     * @return their names, in lower case
     * @throws io.modelregistry.registry.StorageFailedException if the store cannot be read or written
     */
    public List<ModelName> restoreNames() {
        try {
            return NameRestorer.restore(node);
        } catch (IOException e) {
            throw StoreErrors.of("restore the list of names", e);
        }
    }

    private RegistryCopier copier(StorageNode target) {
        return new RegistryCopier(node, target, new RegistryCopier.Context(environment(), actor, progress));
    }

    private Environment environment() {
        return new Environment(clock, ids, Retries.within(COMMIT_LIMIT));
    }
}
