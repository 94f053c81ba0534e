package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.commit.VersionUploader.Claim;
import io.modelregistry.internal.commit.VersionUploader.Seal;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.registry.Upload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An upload in several calls: the version is claimed, its files go to a folder that belongs to this upload alone. */
final class EmbeddedUpload implements Upload {
    private static final int FENCES = 16;

    private final Session session;
    private final VersionTarget target;
    private final Registration registration;
    private final FileChecks checks;
    private final Map<ArtifactPath, UploadFile> files = new LinkedHashMap<>();
    private Claim claim;
    private boolean closed;

    /** What an upload works with. */
    record Session(Engine engine, Registrar registrar, EmbeddedRegistry registry, Call call) {}

    EmbeddedUpload(Session session, VersionTarget target, Claim claim, Registration registration) {
        this.session = session;
        this.target = target;
        this.claim = claim;
        this.registration = registration;
        this.checks = session.registrar().preparer().checks(registration.name());
    }

    @Override
    public Upload add(Path fileOrFolder) {
        Registration.of(registration.name()).add(fileOrFolder).build().files().forEach(this::add);
        return this;
    }

    @Override
    public Upload add(ArtifactSource source) {
        checkOpen();
        if (files.containsKey(source.path())) {
            throw new InvalidArtifactException(source.path().toString(), "it was added before", "each path once", null);
        }
        checks.check(source);
        UploadFile file =
                new UploadFile(PinnedSource.of(source), source.kind().orElse(FileKind.OTHER), Optional.empty());
        files.put(source.path(), uploaded(file));
        checks.add(source);
        return this;
    }

    private UploadFile uploaded(UploadFile file) {
        if (!(claim instanceof Claim.Upload upload)) {
            return file.hashed();
        }
        try {
            return session.registrar().files().upload(target, upload.folder(), file, registration.progress());
        } catch (IOException e) {
            throw StoreErrors.of("upload '" + file.path() + "' of '" + target + "'", e);
        }
    }

    @Override
    public RegisteredVersion seal() {
        checkOpen();
        if (files.isEmpty()) {
            throw new InvalidArtifactException(
                    registration.name().toString(), "nothing was uploaded", "at least one file", null);
        }
        List<ArtifactSource> sources = files.values().stream().map(this::stored).toList();
        Preparation prepared = session.registrar().preparer().prepare(registration, sources, Optional.empty());
        try {
            VersionRow row = seal(prepared);
            closed = true;
            return session.registry()
                    .committed(
                            "seal '" + target + "'", ModelRef.of(target.keys().name(), row.version()));
        } catch (IOException e) {
            throw StoreErrors.of("seal '" + target + "'", e);
        }
    }

    private ArtifactSource stored(UploadFile file) {
        return claim instanceof Claim.Upload upload
                ? StoredSource.of(session.engine().node, target.keys().file(upload.folder(), file.path()), file)
                : file.source();
    }

    private VersionRow seal(Preparation prepared) throws IOException {
        for (int fences = 0; fences < FENCES; fences++) {
            Preparation uploaded = withDigests(prepared);
            Registrar registrar = session.registrar();
            if (claim instanceof Claim.Decided decided) {
                return registrar.decided(target, decided, uploaded, session.call());
            }
            Registrar.checkActive(
                    session.engine().heads.readNow(target.keys()), "register a version of", target.keys());
            Seal seal = registrar.seal(target, (Claim.Upload) claim, uploaded, session.call());
            if (seal instanceof Seal.Done done) {
                return registrar.publishSealed(target, done, session.call());
            }
            if (seal instanceof Seal.Other other) {
                Claim.Decided decided = new Claim.Decided(other.stored(), other.sealed());
                return registrar.decided(target, decided, uploaded, session.call());
            }
            claim = ((Seal.Fenced) seal).again();
            files.replaceAll((path, file) -> uploaded(file));
        }
        throw new CommitConflictException("version '" + target + "'", FENCES);
    }

    private Preparation withDigests(Preparation prepared) {
        List<UploadFile> uploaded = prepared.files().stream()
                .map(file -> new UploadFile(
                        file.source(),
                        file.kind(),
                        java.util.Objects.requireNonNull(files.get(file.path())).digest()))
                .toList();
        return prepared.uploaded(uploaded);
    }

    private void checkOpen() {
        if (closed) {
            throw new RegistryClosedException("add to the upload of '" + target + "'");
        }
        session.engine().checkOpen("upload '" + target + "'");
    }

    @Override
    public void close() {
        closed = true;
    }
}
