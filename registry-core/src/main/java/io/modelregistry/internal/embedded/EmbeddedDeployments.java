package io.modelregistry.internal.embedded;

import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentNotFoundException;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.DeploymentCommitter;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.internal.document.InstanceStatusCodec;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.store.DeploymentHeads;
import io.modelregistry.internal.store.DeploymentHistory;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.StoredDeployment;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The deployments of a registry, in the name of one caller. Thread-safe. */
final class EmbeddedDeployments implements DeploymentStore {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDeployments.class);
    private static final int PAGE = 1000;

    private final Engine engine;
    private final Parts parts;
    private final Principal actor;

    EmbeddedDeployments(Engine engine, Parts parts, Principal actor) {
        this.engine = engine;
        this.parts = parts;
        this.actor = actor;
    }

    /** What all views of a registry share. */
    record Parts(DeploymentHeads heads, DeploymentHistory history, DeploymentCommitter committer) {
        static Parts of(StorageNode node, Environment environment) {
            DeploymentHeads heads = new DeploymentHeads(node);
            DeploymentHistory history = new DeploymentHistory(node);
            return new Parts(heads, history, new DeploymentCommitter(node, heads, history, environment));
        }
    }

    /** A call of the store. */
    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T asking(String action, Step<T> step) {
        engine.checkOpen(action);
        try {
            return step.run();
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    @Override
    public List<DeploymentName> names() {
        return asking("list deployments", () -> {
            List<DeploymentName> names = new ArrayList<>();
            @Nullable String last = null;
            List<String> page;
            do {
                page = engine.node.listFolders(DeploymentKeys.DEPLOYMENTS, last, PAGE);
                for (String folder : page) {
                    last = folder;
                    nameOf(folder).ifPresent(names::add);
                }
            } while (page.size() == PAGE);
            names.sort(null);
            return List.copyOf(names);
        });
    }

    /** The name of a folder; empty if the registry has not put it there. */
    private static Optional<DeploymentName> nameOf(String folder) {
        try {
            return Optional.of(DeploymentName.parse(folder));
        } catch (InvalidValueException e) {
            LOG.debug("Not a deployment", e);
            return Optional.empty();
        }
    }

    @Override
    public Optional<DeploymentSnapshot> find(DeploymentName name) {
        return asking(
                "find deployment '" + name + "'",
                () -> parts.heads.read(DeploymentKeys.of(name)).map(StoredDeployment::snapshot));
    }

    @Override
    public DeploymentSnapshot change(
            DeploymentName name, String reason, Function<Optional<DeploymentSnapshot>, Optional<Change>> change) {
        String action = "change deployment '" + name + "'";
        engine.checkOpen(action);
        return parts.committer.commit(DeploymentKeys.of(name), action, new Call(actor, reason), present -> {
            Optional<Change> decided = change.apply(present);
            if (decided.isPresent()) {
                engine.document.ensure();
            }
            return decided;
        });
    }

    @Override
    public List<DeploymentEvent> history(DeploymentName name, long afterRevision, int limit) {
        if (limit < 1) {
            throw new InvalidValueException("limit", Integer.toString(limit), "it is out of range", "at least 1");
        }
        DeploymentKeys keys = DeploymentKeys.of(name);
        return asking("read the history of deployment '" + name + "'", () -> {
            StoredDeployment head =
                    parts.heads.readPresent(keys).orElseThrow(() -> new DeploymentNotFoundException(name));
            return parts.history.entries(keys, head, afterRevision, limit).stream()
                    .map(entry -> entry.event())
                    .toList();
        });
    }

    @Override
    public void report(DeploymentName name, InstanceStatus status) {
        DeploymentKeys keys = DeploymentKeys.of(name);
        byte[] bytes = encoded(status);
        asking("report on deployment '" + name + "'", () -> {
            if (parts.heads.readKnown(keys).isEmpty()) {
                throw new DeploymentNotFoundException(name);
            }
            return engine.node.write(keys.status(status.instance()), Content.of(bytes), WriteCondition.unconditional());
        });
    }

    private static byte[] encoded(InstanceStatus status) {
        try {
            byte[] bytes = InstanceStatusCodec.encode(status);
            InstanceStatusCodec.decode(bytes);
            return bytes;
        } catch (MalformedDocumentException | UncheckedIOException e) {
            throw new InvalidValueException(
                    "status of instance",
                    status.instance(),
                    "it would not be readable: " + e.getMessage(),
                    "texts of a reasonable length");
        }
    }

    @Override
    public List<InstanceStatus> statuses(DeploymentName name) {
        DeploymentKeys keys = DeploymentKeys.of(name);
        return asking("read the statuses of deployment '" + name + "'", () -> {
            List<InstanceStatus> statuses = new ArrayList<>();
            @Nullable StorageKey last = null;
            List<ListedObject> page;
            do {
                page = engine.node.list(keys.statuses(), last, PAGE);
                for (ListedObject object : page) {
                    last = object.key();
                    Optional<String> instance = keys.instance(object.key());
                    if (instance.isPresent()) {
                        status(object.key(), instance.get()).ifPresent(statuses::add);
                    }
                }
            } while (page.size() == PAGE);
            statuses.sort(Comparator.comparing(InstanceStatus::instance));
            return List.copyOf(statuses);
        });
    }

    /** A status; empty if it was just removed, or cannot be read, which is no reason not to read the others. */
    private Optional<InstanceStatus> status(StorageKey key, String instance) throws IOException {
        try {
            InstanceStatus status = StoreErrors.decode(key, engine.node.readAll(key), InstanceStatusCodec::decode);
            if (status.instance().equals(instance)) {
                return Optional.of(status);
            }
            LOG.debug("'{}' is the status of instance '{}'", key, status.instance());
        } catch (NoSuchKeyException e) {
            LOG.trace("The status was removed meanwhile", e);
        } catch (RegistryException e) {
            LOG.debug("A status is left out", e);
        }
        return Optional.empty();
    }

    @Override
    public void forget(DeploymentName name, String instance) {
        InstanceStatus.checkInstance(instance);
        StorageKey key = DeploymentKeys.of(name).status(instance);
        asking("forget instance '" + instance + "' of deployment '" + name + "'", () -> {
            engine.node.delete(key);
            return key;
        });
    }
}
