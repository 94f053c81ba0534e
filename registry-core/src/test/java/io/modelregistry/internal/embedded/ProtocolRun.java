package io.modelregistry.internal.embedded;

import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.embedded.ProtocolAction.Files;
import io.modelregistry.internal.embedded.ProtocolClient.Patience;
import io.modelregistry.internal.schedule.Chooser;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.Interleaving;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.schedule.Trace;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** One interleaving of a program: plays it, lets a fresh client finish what is left, and reads everything back. */
final class ProtocolRun {
    private static final int PROBE = 80;

    private final ProtocolProgram program;
    private final Supplier<ProtocolParts> parts;
    private final ProtocolAudit audit;
    private final Trace trace;
    private final Interleaving interleaving;
    private final List<ProtocolClient> clients = new ArrayList<>();

    /** What is played, and how. */
    record Setting(ProtocolProgram program, ProtocolStart start, Supplier<ProtocolParts> parts) {}

    ProtocolRun(Setting setting, Chooser chooser, Trace.Detail detail) {
        this.program = setting.program();
        this.parts = setting.parts();
        this.audit = setting.start().audit();
        this.trace = new Trace(detail);
        InMemoryStorageNode store = setting.start().store();
        interleaving = new Interleaving(store, audit, chooser, program.faults(), trace);
    }

    /** Plays it; the first thing that went wrong, if something did. */
    Optional<Throwable> play(Crew crew) {
        List<Interleaving.Part> roles = new ArrayList<>();
        for (int i = 0; i < program.clients().size(); i++) {
            ProtocolClient client = new ProtocolClient(i, scene(), program.patience(), parts.get());
            List<ProtocolAction> actions = program.clients().get(i);
            clients.add(client);
            roles.add(() -> client.play(actions));
        }
        interleaving.run(crew, roles);
        if (interleaving.failure().isEmpty()) {
            try {
                finish();
            } catch (RuntimeException | PropertyViolation e) {
                return Optional.of(e);
            }
        }
        return interleaving.failure();
    }

    private ProtocolClient.Scene scene() {
        return new ProtocolClient.Scene(interleaving, audit);
    }

    Interleaving interleaving() {
        return interleaving;
    }

    Trace trace() {
        return trace;
    }

    private void finish() {
        Set<ModelVersion> given = new HashSet<>();
        for (ProtocolClient client : clients) {
            for (ModelVersion version : client.given()) {
                if (!given.add(version)) {
                    throw new PropertyViolation("P6-auto-unique", version + " was given twice");
                }
            }
        }
        boolean copiesFirst = (interleaving.equivalence() & 1) == 0;
        if (copiesFirst) {
            interleaving.arriveAll();
        }
        trace.add(PROBE, "a fresh client finishes", "");
        ProtocolClient probe = new ProtocolClient(PROBE, scene(), Patience.ENDLESS, parts.get());
        for (ModelVersion version : versions()) {
            probe(probe, version);
        }
        interleaving.arriveAll();
        interleaving.failure().ifPresent(failure -> {
            throw (PropertyViolation) failure;
        });
        clients.forEach(ProtocolClient::checkRefused);
        readBack();
    }

    /** The versions that somebody has claimed or asked for. */
    private Set<ModelVersion> versions() {
        Set<ModelVersion> versions = new TreeSet<>();
        for (List<ProtocolAction> actions : program.clients()) {
            for (ProtocolAction action : actions) {
                if (action instanceof ProtocolAction.Register register) {
                    versions.add(
                            register.version().equals(ProtocolAction.NEXT)
                                    ? ModelVersion.FIRST
                                    : ModelVersion.parse(register.version()));
                } else if (action instanceof ProtocolAction.Upload upload) {
                    versions.add(
                            upload.version().equals(ProtocolAction.NEXT)
                                    ? ModelVersion.FIRST
                                    : ModelVersion.parse(upload.version()));
                }
            }
        }
        audit.documents().forEach(document -> {
            if (document instanceof Sealed sealed
                    && audit.model().row(sealed.manifest().version()).isEmpty()) {
                versions.add(sealed.manifest().version());
            }
        });
        return versions;
    }

    /** A fresh client alone must finish: with success unless the version is sealed with something else. */
    private void probe(ProtocolClient probe, ModelVersion version) {
        Files files = (interleaving.equivalence() & 2) == 0 ? Files.A : Files.FIRST;
        boolean taken =
                audit.document(version).orElse(null) instanceof Sealed sealed && !ProtocolClient.says(sealed, files);
        Optional<ErrorCode> refused = probe.play(new ProtocolAction.Register(version.toString(), files));
        Optional<ErrorCode> wanted = taken ? Optional.of(ErrorCode.ALREADY_EXISTS) : Optional.empty();
        if (!refused.equals(wanted)) {
            throw new PropertyViolation(
                    "P7-result",
                    "a fresh registration of " + version + " with " + files + " ended with " + refused + ", not with "
                            + wanted);
        }
    }

    /** Through a registry that has seen nothing yet. */
    private void readBack() {
        ProtocolClient reader = new ProtocolClient(PROBE + 1, scene(), Patience.ENDLESS, parts.get());
        if (audit.revision() > 0
                && !reader.registry().history(ProtocolClient.MODEL.name()).all().equals(audit.events())) {
            throw new PropertyViolation("P4-divergence", "the history reads otherwise");
        }
        for (ProtocolClient client : clients) {
            for (Map.Entry<ModelVersion, Files> version : client.acknowledged().entrySet()) {
                readBack(reader.registry().get("m:" + version.getKey()), version.getValue(), reader);
            }
        }
    }

    private static void readBack(RegisteredVersion version, Files files, ProtocolClient reader) {
        files.files().forEach((path, text) -> {
            try (InputStream in =
                    reader.registry().artifacts(version.ref()).open(io.modelregistry.model.ArtifactPath.of(path))) {
                in.readAllBytes();
            } catch (IOException e) {
                throw new PropertyViolation("P1-sealed-files", version.ref() + " " + path + ": " + e.getMessage());
            }
        });
    }
}
