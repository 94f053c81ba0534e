package io.modelregistry.internal.embedded;

import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Manifest;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.Artifacts.ExportLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies the files of a version, checked, into the folder layout of a server. */
final class Exporter {
    private final Artifacts artifacts;
    private final Manifest manifest;
    private final long sequence;

    Exporter(Artifacts artifacts, Manifest manifest, long sequence) {
        this.artifacts = artifacts;
        this.manifest = manifest;
        this.sequence = sequence;
    }

    Path export(Path target, ExportLayout layout) {
        try {
            for (ArtifactFile file : artifacts.files()) {
                Path to = target.resolve(file.path().value());
                Files.createDirectories(to.getParent());
                try (InputStream in = artifacts.open(file.path())) {
                    Files.copy(in, to);
                }
            }
            return target;
        } catch (IOException e) {
            throw StoreErrors.of("export '" + manifest.ref() + "' #" + sequence + " as " + layout, e);
        }
    }
}
