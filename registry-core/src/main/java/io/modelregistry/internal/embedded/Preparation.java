package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.Registration;
import java.time.Instant;
import java.util.List;

/**
 * A registration whose files are known, from which manifests are made.
 *
 * @param registration what the caller said
 * @param files its files, with their kinds
 * @param format its framework and kind, said or found out
 */
record Preparation(Registration registration, List<UploadFile> files, Manifest.ModelFormat format) {
    /** Copies the list. */
    Preparation {
        files = List.copyOf(files);
    }

    /** The same with all digests known. */
    Preparation hashed() {
        return new Preparation(
                registration, files.stream().map(UploadFile::hashed).toList(), format);
    }

    /** The same files after their upload. */
    Preparation uploaded(List<UploadFile> done) {
        return new Preparation(registration, done, format);
    }

    long totalSize() {
        return files.stream().mapToLong(UploadFile::size).sum();
    }

    /** The manifest of a version with these files. */
    Manifest manifest(ModelVersion version, String id, Manifest.Creation created) {
        List<ArtifactFile> sealed = files.stream()
                .map(file ->
                        new ArtifactFile(file.path(), file.size(), file.digest().orElseThrow(), file.kind()))
                .toList();
        return manifest(version, id, created, sealed);
    }

    /** The manifest of a version that lists these files. */
    Manifest manifest(ModelVersion version, String id, Manifest.Creation created, List<ArtifactFile> listed) {
        return new Manifest(
                id,
                registration.name(),
                version,
                format,
                listed,
                registration.io(),
                registration.training(),
                registration.metrics(),
                registration.usage(),
                registration.dependencies(),
                registration.fields(),
                created);
    }

    /** The manifest that a version would have, for comparing. */
    Manifest comparable(ModelVersion version) {
        return hashed().manifest(
                        version, "comparison", new Manifest.Creation(Principal.service("comparison"), Instant.EPOCH));
    }
}
