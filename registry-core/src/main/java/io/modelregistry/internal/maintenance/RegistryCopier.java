package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.RegistryDocumentCodec;
import io.modelregistry.internal.document.RegistryDocumentCodec.Content;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.maintenance.CopyReport;
import io.modelregistry.maintenance.CopyReport.CopiedModel;
import io.modelregistry.maintenance.IncompleteCopyException;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies models to another store. All heads are compared before anything is written. A model that is damaged does not
 * keep the others from being copied. To be used once; not thread-safe.
 */
public final class RegistryCopier {
    private final CopyTarget target;
    private final Environment environment;
    private final Principal by;
    private final Map<ModelName, RegistryException> failures = new LinkedHashMap<>();
    private Optional<byte[]> missing = Optional.empty();

    /** Copies from a store to another one. */
    public RegistryCopier(StorageNode source, StorageNode to, Context context) {
        this.target = new CopyTarget(source, to, context.progress);
        this.environment = context.environment;
        this.by = context.by;
    }

    /**
     * What a copy needs besides the stores.
     *
     * @param environment clock, ids and retries
     * @param by in whose name versions are claimed in the target
     * @param progress hears of every object that was written
     */
    public record Context(Environment environment, Principal by, MaintenanceProgress progress) {}

    /** Copies every model. */
    public CopyReport copyAll() throws IOException {
        boolean isNew = checkSource();
        List<ModelKeys> models = new ArrayList<>();
        ModelEnumeration.candidates(target.source(), keys -> {
            ofOne(keys, () -> prepare(keys)).ifPresent(task -> models.add(keys));
            return true;
        });
        boolean isEmpty = isNew && models.isEmpty() && failures.isEmpty();
        return isEmpty ? new CopyReport(List.of(), 0, 0) : copy(models, checkDocuments());
    }

    /** Copies these models. */
    public CopyReport copy(Collection<ModelName> names) throws IOException {
        checkSource();
        List<ModelKeys> models = new ArrayList<>();
        for (ModelName name : names) {
            ModelKeys keys = ModelKeys.of(name);
            if (ofOne(keys, () -> prepare(keys)).isPresent()) {
                models.add(keys);
            } else if (!failures.containsKey(name)) {
                throw ModelNotFoundException.model(name);
            }
        }
        return copy(models, checkDocuments().map(this::ofItsOwn));
    }

    /** Does something for one model; that this one cannot be copied does not keep the others from it. */
    private <T> Optional<T> ofOne(ModelKeys keys, Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (RegistryException e) {
            fail(keys, e);
        } catch (IOException e) {
            if (!(e.getCause() instanceof RegistryException known)) {
                throw e;
            }
            fail(keys, known);
        }
        return Optional.empty();
    }

    private void fail(ModelKeys keys, RegistryException e) {
        boolean isForThisModel = e.code() == ErrorCode.UNTRUSTED // damaged
                || e.code() == ErrorCode.UNSUPPORTED // of a newer format
                || e.code() == ErrorCode.INVALID; // too large for the target
        if (!isForThisModel) {
            throw e;
        }
        failures.put(keys.name(), e);
    }

    @FunctionalInterface
    private interface Step<T> {
        Optional<T> run() throws IOException;
    }

    /** Compares the heads; empty if the source has no such model. */
    private Optional<ModelCopier.Task> prepare(ModelKeys keys) throws IOException {
        ModelCopier copier = copier(keys);
        Optional<ModelCopier.Task> task = copier.prepare();
        if (task.isEmpty() && PublishedVersions.hasHistory(target.source(), keys)) {
            task = copier.prepare(); // The first head may have been written, and replaced, in between.
            if (task.isEmpty()) {
                throw PublishedVersions.lost(keys);
            }
        }
        return task;
    }

    /** A document that requires the same, with another id. */
    private byte[] ofItsOwn(byte[] document) {
        Content source = StoreErrors.decode(ModelKeys.REGISTRY, document, RegistryDocumentCodec::decode);
        return RegistryDocumentCodec.encode(
                new Content(environment.ids().get(), environment.clock().instant(), source.requires()));
    }

    private ModelCopier copier(ModelKeys keys) {
        return new ModelCopier(target, keys, environment, by);
    }

    private CopyReport copy(List<ModelKeys> models, Optional<byte[]> document) throws IOException {
        missing = document;
        List<CopiedModel> copied = new ArrayList<>();
        for (ModelKeys keys : models) {
            ofOne(keys, () -> copy(keys)).ifPresent(copied::add);
        }
        if (failures.isEmpty()) {
            writeDocument();
            return new CopyReport(copied, target.objects(), target.bytes());
        }
        throw new IncompleteCopyException(new CopyReport(copied, target.objects(), target.bytes()), failures);
    }

    private Optional<CopiedModel> copy(ModelKeys keys) throws IOException {
        ModelCopier copier = copier(keys);
        Optional<ModelCopier.Task> task = prepare(keys);
        while (task.isPresent()) {
            try {
                copier.check(task.get());
                writeDocument();
                return Optional.of(copier.copy(task.get()));
            } catch (ModelCopier.PageGoneException e) {
                copier.checkMovedOn(task.get(), e);
                task = prepare(keys);
            }
        }
        return Optional.empty();
    }

    private void writeDocument() throws IOException {
        if (missing.isPresent()) {
            target.writeOnce("registry", ModelKeys.REGISTRY, missing.get());
            missing = Optional.empty();
        }
    }

    /** Refuses a source of a newer format before its heads are read; whether it has no document yet. */
    private boolean checkSource() throws IOException {
        boolean isNew = target.source().find(ModelKeys.REGISTRY).isEmpty();
        if (!isNew) {
            checkDocuments();
        }
        return isNew;
    }

    /**
     * Refuses registries of a newer format, and two that do not require the same protections.
     *
     * @return the source's document, if the target has none
     */
    private Optional<byte[]> checkDocuments() throws IOException {
        byte[] bytes = target.readSource(ModelKeys.REGISTRY);
        Content source = StoreErrors.decode(ModelKeys.REGISTRY, bytes, RegistryDocumentCodec::decode);
        Optional<byte[]> present = target.read(ModelKeys.REGISTRY);
        if (present.isEmpty()) {
            return Optional.of(bytes);
        }
        Content other = StoreErrors.decode(ModelKeys.REGISTRY, present.get(), RegistryDocumentCodec::decode);
        if (!other.requires().equals(source.requires())) {
            throw new UnsupportedFormatException(
                    ModelKeys.REGISTRY.value(),
                    "the source requires " + source.requires() + ", and the target " + other.requires(),
                    "two registries with the same protections");
        }
        target.node().ensureDurable(ModelKeys.REGISTRY);
        return Optional.empty();
    }
}
