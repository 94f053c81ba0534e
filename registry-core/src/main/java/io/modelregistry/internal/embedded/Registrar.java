package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.commit.VersionDocuments.Stored;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.commit.VersionUploader.Claim;
import io.modelregistry.internal.commit.VersionUploader.Seal;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Framework;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.registry.Increment;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.registry.RegisteredModel.Status;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Registration.VersionChoice;
import io.modelregistry.registry.RetiredModelException;
import io.modelregistry.registry.VersionComparison;
import io.modelregistry.registry.VersionExistsException;
import io.modelregistry.serialization.Serializer;
import io.modelregistry.storage.LocalFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Registers versions: prepares, claims, uploads, seals and publishes them. */
final class Registrar {
    /**
     * Up to here a version is hashed before it is uploaded, so that a repeated attempt finds the folder that it began.
     */
    private static final long HASH_FIRST_BYTES = 64L << 20;

    private static final int FENCES = 16;

    private final Engine engine;
    private final Preparer preparer;
    private final FileUploader files;

    Registrar(Engine engine) {
        this.engine = engine;
        this.preparer = new Preparer(engine.settings.limits(), engine.node.maxConditionalSize());
        this.files = new FileUploader(engine);
    }

    /** Registers, and tells which version it is now. */
    VersionRow register(Registration registration, Call call) {
        String action = "register '" + registration.name() + "'";
        engine.checkOpen(action);
        try {
            if (registration.object().isEmpty()) {
                return register(preparer.prepare(registration, registration.files(), Optional.empty()), call);
            }
            try (SpoolFolder spool = new SpoolFolder(action)) {
                Serializer<?> serializer = engine.settings
                        .serializers()
                        .write(registration.object().get(), spool);
                Framework written = serializer.framework();
                return register(preparer.prepare(registration, spool.files(), Optional.of(written)), call);
            }
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    private VersionRow register(Preparation prepared, Call call) throws IOException {
        ModelKeys keys = ModelKeys.of(prepared.registration().name());
        Optional<StoredHead> head = engine.heads.readNow(keys);
        checkActive(head, "register a version of", keys);
        VersionChoice choice = prepared.registration().version();
        if (choice instanceof VersionChoice.Exactly exactly) {
            return exactly(new VersionTarget(keys, exactly.version()), head, prepared, call);
        }
        return next(keys, head, ((VersionChoice.Next) choice).increment(), new Work(prepared, call));
    }

    static void checkActive(Optional<StoredHead> head, String action, ModelKeys keys) {
        if (head.isPresent() && head.get().state().status() == Status.RETIRED) {
            throw new RetiredModelException(action, keys.name());
        }
    }

    private record Work(Preparation prepared, Call call) {}

    private VersionRow exactly(VersionTarget target, Optional<StoredHead> head, Preparation prepared, Call call)
            throws IOException {
        Optional<TableRow> published = head.flatMap(known -> known.search().find(target.version()));
        if (published.isPresent()) {
            VersionRow row = published.get().row();
            same(target, row, engine.manifests.read(target.keys(), row), prepared);
            engine.node.ensureDurable(target.keys().head()); // Whoever published it may have died at that.
            return row;
        }
        Preparation work = isHashedFirst(prepared) ? prepared.hashed() : prepared;
        engine.document.ensure();
        Claim claim = engine.uploader.claim(target, content(work), call.by());
        if (claim instanceof Claim.Decided decided) {
            return decided(target, decided, prepared, call);
        }
        Seal seal = uploadAndSeal(target, (Claim.Upload) claim, new Work(work, call));
        if (seal instanceof Seal.Done done) {
            return publishSealed(target, done, call);
        }
        Seal.Other other = (Seal.Other) seal;
        return decided(target, new Claim.Decided(other.stored(), other.sealed()), prepared, call);
    }

    /** Makes a sealed version visible; it is the answer if it says the same, else an error. */
    VersionRow decided(VersionTarget target, Claim.Decided decided, Preparation prepared, Call call) {
        VersionRow row = publish(target, decided.stored(), decided.sealed(), call);
        return same(target, row, decided.sealed(), prepared);
    }

    /** The version that is there, if it says the same. */
    private static VersionRow same(VersionTarget target, VersionRow row, Sealed sealed, Preparation prepared) {
        Manifest present = sealed.manifest();
        if (!present.version().equals(target.version())) {
            throw new VersionExistsException(
                    target.keys().name(), target.version(), "it is spelled '" + present.version() + "'");
        }
        Manifest wanted = prepared.comparable(target.version());
        if (!present.saysTheSameAs(wanted)) {
            throw new VersionExistsException(target.keys().name(), target.version(), difference(present, wanted));
        }
        return row;
    }

    private static String difference(Manifest present, Manifest wanted) {
        VersionComparison comparison = VersionComparison.of(present, wanted);
        List<String> what = new ArrayList<>();
        comparison.files().keySet().forEach(path -> what.add("file " + path));
        comparison.metrics().keySet().forEach(metric -> what.add("metric " + metric));
        comparison.facts().forEach(fact -> what.add(fact.what()));
        return "differs in " + what.stream().limit(5).collect(Collectors.joining(", "));
    }

    private VersionRow next(ModelKeys keys, Optional<StoredHead> head, Increment increment, Work work)
            throws IOException {
        Preparation prepared = isHashedFirst(work.prepared()) ? work.prepared().hashed() : work.prepared();
        engine.document.ensure();
        ModelVersion candidate = head.flatMap(known -> known.state().newest().any())
                .map(newest -> raised(newest.version(), increment))
                .orElse(ModelVersion.FIRST);
        while (true) {
            VersionTarget target = new VersionTarget(keys, candidate);
            Claim claim =
                    engine.uploader.claim(target, content(prepared), work.call().by());
            if (claim instanceof Claim.Decided decided) {
                publish(target, decided.stored(), decided.sealed(), work.call());
            } else if (((Claim.Upload) claim).won()) {
                Seal seal = uploadAndSeal(target, (Claim.Upload) claim, new Work(prepared, work.call()));
                if (seal instanceof Seal.Done done) {
                    VersionRow row = publishSealed(target, done, work.call());
                    if (done.ours()) {
                        return row;
                    }
                } else if (seal instanceof Seal.Other other) {
                    publish(target, other.stored(), other.sealed(), work.call());
                }
            }
            candidate = raised(candidate, increment);
        }
    }

    private static ModelVersion raised(ModelVersion version, Increment increment) {
        return switch (increment) {
            case MAJOR -> version.nextMajor();
            case MINOR -> version.nextMinor();
            case PATCH -> version.nextPatch();
        };
    }

    /** Over a network reading twice costs little, and an upload that broke can be gone on with. */
    private boolean isHashedFirst(Preparation prepared) {
        return !(engine.node instanceof LocalFiles) || prepared.totalSize() <= HASH_FIRST_BYTES;
    }

    private static Optional<Digest> content(Preparation prepared) {
        boolean known = prepared.files().stream().allMatch(file -> file.digest().isPresent());
        return known ? Optional.of(UploadFile.contentDigest(prepared.files())) : Optional.empty();
    }

    private Seal uploadAndSeal(VersionTarget target, Claim.Upload first, Work work) throws IOException {
        Claim.Upload claim = first;
        for (int fences = 0; fences < FENCES; fences++) {
            List<UploadFile> uploaded = new ArrayList<>();
            for (UploadFile file : work.prepared().files()) {
                uploaded.add(files.upload(
                        target,
                        claim.folder(),
                        file,
                        work.prepared().registration().progress()));
            }
            Seal seal = seal(target, claim, work.prepared().uploaded(uploaded), work.call());
            if (!(seal instanceof Seal.Fenced fenced)) {
                return seal;
            }
            claim = fenced.again();
        }
        throw new CommitConflictException("version '" + target + "'", FENCES);
    }

    Seal seal(VersionTarget target, Claim.Upload claim, Preparation uploaded, Call call) throws IOException {
        Manifest.Creation created = new Manifest.Creation(
                call.by(), engine.settings.environment().clock().instant());
        Manifest manifest = uploaded.manifest(
                target.version(), engine.settings.environment().ids().get(), created);
        return engine.uploader.seal(target, claim, manifest, call.reason());
    }

    /**
     * Makes a version visible that this call has sealed. Whoever meets it from here on publishes it, so no failure is
     * definite any more.
     */
    VersionRow publishSealed(VersionTarget target, Seal.Done done, Call call) {
        try {
            return publish(target, done.stored(), done.sealed(), call);
        } catch (RegistryException e) {
            throw e instanceof OutcomeUnknownException
                    ? e
                    : new OutcomeUnknownException("register '" + target + "'", e);
        }
    }

    VersionRow publish(VersionTarget target, Stored stored, Sealed sealed, Call call) {
        engine.manifests.remember(sealed, stored.bytes());
        VersionRow row = engine.publisher.publish(target, stored, sealed, call);
        files.remember(target, sealed);
        return row;
    }

    /** Begins an upload whose files come later. */
    EmbeddedUpload begin(Registration registration, Call call, EmbeddedRegistry registry) {
        String action = "upload '" + registration.name() + "'";
        engine.checkOpen(action);
        preparer.checkSayable(registration);
        ModelKeys keys = ModelKeys.of(registration.name());
        try {
            Optional<StoredHead> head = engine.heads.readNow(keys);
            checkActive(head, "register a version of", keys);
            ModelVersion version = registration.version() instanceof VersionChoice.Exactly exactly
                    ? exactly.version()
                    : head.flatMap(known -> known.state().newest().any())
                            .map(newest ->
                                    raised(newest.version(), ((VersionChoice.Next) registration.version()).increment()))
                            .orElse(ModelVersion.FIRST);
            engine.document.ensure();
            while (true) {
                VersionTarget target = new VersionTarget(keys, version);
                Claim claim = engine.uploader.claim(target, Optional.empty(), call.by());
                if (registration.version() instanceof VersionChoice.Next next
                        && !(claim instanceof Claim.Upload won && won.won())) {
                    if (claim instanceof Claim.Decided decided) {
                        publish(target, decided.stored(), decided.sealed(), call);
                    }
                    version = raised(version, next.increment());
                    continue;
                }
                EmbeddedUpload upload = new EmbeddedUpload(
                        new EmbeddedUpload.Session(engine, this, registry, call), target, claim, registration);
                for (ArtifactSource source : registration.files()) {
                    upload.add(source);
                }
                return upload;
            }
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    Preparer preparer() {
        return preparer;
    }

    FileUploader files() {
        return files;
    }
}
