package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.RegistryDocumentCodec;
import io.modelregistry.internal.document.RegistryDocumentCodec.Content;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.maintenance.CopyReport;
import io.modelregistry.maintenance.CopyReport.CopiedModel;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Copies models to another store. All heads are compared before anything is written. */
public final class RegistryCopier {
    private final CopyTarget target;
    private final Environment environment;
    private final Principal by;

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
        Optional<byte[]> document = checkDocuments();
        List<ModelKeys> present = new ArrayList<>();
        ModelEnumeration.candidates(target.source(), keys -> {
            if (target.source().find(keys.head()).isPresent()) {
                copier(keys).prepare();
                present.add(keys);
            }
            return true;
        });
        return copy(present, document);
    }

    /** Copies these models. */
    public CopyReport copy(Collection<ModelName> names) throws IOException {
        Optional<byte[]> document = checkDocuments();
        List<ModelKeys> models = names.stream().map(ModelKeys::of).toList();
        for (ModelKeys keys : models) {
            if (copier(keys).prepare().isEmpty()) {
                throw ModelNotFoundException.model(keys.name());
            }
        }
        return copy(models, document.map(this::ofItsOwn));
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
        Optional<byte[]> missing = document;
        List<CopiedModel> copied = new ArrayList<>();
        for (ModelKeys keys : models) {
            ModelCopier copier = copier(keys);
            Optional<ModelCopier.Task> task = copier.prepare();
            if (task.isPresent()) {
                copier.check(task.get());
                writeDocument(missing);
                missing = Optional.empty();
                copied.add(copier.copy(task.get()));
            }
        }
        writeDocument(missing);
        return new CopyReport(copied, target.objects(), target.bytes());
    }

    private void writeDocument(Optional<byte[]> document) throws IOException {
        if (document.isPresent()) {
            target.writeOnce("registry", ModelKeys.REGISTRY, document.get());
        }
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
        return Optional.empty();
    }
}
