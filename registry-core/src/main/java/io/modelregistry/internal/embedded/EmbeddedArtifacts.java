package io.modelregistry.internal.embedded;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.export.Exporter;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.PinnedFolder;
import io.modelregistry.storage.Presigning;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The files of one published version. */
final class EmbeddedArtifacts implements Artifacts {
    private final Engine engine;
    private final ModelKeys keys;
    private final VersionRow row;
    private final Sealed sealed;

    EmbeddedArtifacts(Engine engine, ModelKeys keys, VersionRow row, Sealed sealed) {
        this.engine = engine;
        this.keys = keys;
        this.row = row;
        this.sealed = sealed;
    }

    @Override
    public List<ArtifactFile> files() {
        return sealed.manifest().files();
    }

    @Override
    public InputStream open(ArtifactPath path) {
        String action = "open '" + path + "' of '" + keys.name() + ":" + row.version() + "'";
        engine.checkOpen(action);
        ArtifactFile file = file(path);
        try {
            return engine.copies.open(keys.file(sealed.folder(), path), file);
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    private ArtifactFile file(ArtifactPath path) {
        return sealed.manifest()
                .findFile(path)
                .orElseThrow(() ->
                        ModelNotFoundException.partOf(ModelRef.of(keys.name(), row.version()), "file '" + path + "'"));
    }

    @Override
    public Optional<URI> findDownloadLink(ArtifactPath path, Duration validFor) {
        String action = "link '" + path + "' of '" + keys.name() + ":" + row.version() + "'";
        engine.checkOpen(action);
        ArtifactFile file = file(path);
        if (!(engine.node instanceof Presigning presigning)) {
            return Optional.empty();
        }
        try {
            return presigning.findDownloadLink(keys.file(sealed.folder(), file.path()), validFor);
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(
                    "validity of a link", validFor.toString(), "the store refuses it", "what the store allows");
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    @Override
    public Path materialize() {
        engine.checkOpen("materialize '" + keys.name() + ":" + row.version() + "'");
        return engine.copies.folder(keys, row, sealed);
    }

    @Override
    public PinnedFolder pin() {
        engine.checkOpen("pin '" + keys.name() + ":" + row.version() + "'");
        return engine.copies.pin(keys, row, sealed);
    }

    @Override
    public Path export(Path target, ExportLayout layout) {
        engine.checkOpen("export '" + keys.name() + ":" + row.version() + "'");
        return new Exporter(this, sealed.manifest(), row.sequence()).export(target, layout);
    }
}
