package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.VersionDocument;
import io.modelregistry.internal.document.VersionDocument.Sealed;
import io.modelregistry.internal.embedded.ProtocolAction.Files;
import io.modelregistry.internal.maintenance.CollectionScope;
import io.modelregistry.internal.schedule.Interleaving;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.serialization.Serializers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Plays actions on a registry of its own, and checks at each answer what it promises: what is acknowledged is in the
 * head, what is refused has left nothing behind.
 */
final class ProtocolClient {
    /** The only model. */
    static final ModelKeys MODEL = ModelKeys.of(ModelRef.parse("m").name());

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration FOR_EVER = Duration.ofDays(1);

    /** After these a call has had no effect and will have none. */
    private static final Set<ErrorCode> DEFINITE = Set.of(
            ErrorCode.NOT_FOUND,
            ErrorCode.ALREADY_EXISTS,
            ErrorCode.CONFLICT,
            ErrorCode.ILLEGAL_TRANSITION,
            ErrorCode.INVALID,
            ErrorCode.STORAGE);

    private final int index;
    private final ProtocolAudit audit;
    private final Patience patience;
    private final ProtocolParts parts;
    private final Interleaving interleaving;
    private final EmbeddedRegistry registry;
    private final Map<ModelVersion, Files> acknowledged = new HashMap<>();
    private final List<String> refused = new ArrayList<>();
    private final List<ModelVersion> given = new ArrayList<>();
    private int call;
    private int ids;

    /** How often a client tries again. */
    enum Patience {
        /** Until it knows. */
        ENDLESS,
        /** Not once. */
        NONE
    }

    /** Where a client plays. */
    record Scene(Interleaving interleaving, ProtocolAudit audit) {}

    ProtocolClient(int index, Scene scene, Patience patience, ProtocolParts parts) {
        this.index = index;
        this.audit = scene.audit();
        this.interleaving = scene.interleaving();
        this.patience = patience;
        this.parts = parts;
        Duration limit = patience == Patience.ENDLESS ? FOR_EVER : Duration.ofNanos(-1);
        Environment environment =
                new Environment(Clock.fixed(NOW, ZoneOffset.UTC), this::id, new Retries(limit, attempt -> {
                    // The scheduler decides when it goes on.
                }));
        Settings settings = new Settings(
                environment,
                LifecyclePolicy.SIMPLE,
                UploadLimits.DEFAULT,
                Serializers.of(),
                List.of(),
                Duration.ZERO,
                Principal.user("c" + index));
        registry = EmbeddedRegistry.over(new Engine(scene.interleaving().node(index), settings, parts.protocol()));
    }

    /** Writes the document that says what the store is. */
    void ensureRegistry() {
        registry.engine().document.ensure();
    }

    private String id() {
        return prefix(call) + ids++;
    }

    private String prefix(int number) {
        return "c" + index + "-" + number + "-";
    }

    /** The versions that were given to registrations without one. */
    List<ModelVersion> given() {
        return given;
    }

    /** What the client was promised of versions. */
    Map<ModelVersion, Files> acknowledged() {
        return acknowledged;
    }

    /** The prefixes of the operations of calls that were refused for good. */
    List<String> refused() {
        return refused;
    }

    ModelRegistry registry() {
        return registry;
    }

    void play(List<ProtocolAction> actions) {
        for (ProtocolAction action : actions) {
            play(action);
        }
    }

    /** The code of the refusal; empty if the action was done. */
    Optional<ErrorCode> play(ProtocolAction action) {
        call++;
        long before = audit.revision();
        try {
            act(action, before);
            return Optional.empty();
        } catch (RegistryException e) {
            if (DEFINITE.contains(e.code()) && !isCollection(action)) {
                refused.add(prefix(call));
                checkNoEffect(prefix(call), e);
            }
            checkRefusal(action, before, e);
            return Optional.of(e.code());
        }
    }

    private void act(ProtocolAction action, long before) {
        if (action instanceof ProtocolAction.Register register) {
            checkRegistered(register.version(), register.files(), registry.register(registration(register)));
        } else if (action instanceof ProtocolAction.Upload upload) {
            upload(upload);
        } else if (action instanceof ProtocolAction.Promote promote) {
            registry.promote("m:" + promote.version(), Stage.PRODUCTION);
            checkDone(before, at -> inProduction(promote.version(), at), action);
        } else if (action instanceof ProtocolAction.RollBack rollBack) {
            registry.rollback(ModelRef.parse("m:" + rollBack.version()), "worse");
            checkDone(before, at -> false, action);
        } else if (action instanceof ProtocolAction.SetAlias set) {
            registry.aliases("m").set(set.alias(), set.version());
            checkDone(before, at -> names(set, at), action);
        } else if (action instanceof ProtocolAction.RemoveAlias remove) {
            registry.aliases(MODEL.name()).remove(Alias.of(remove.alias()));
            checkDone(before, at -> false, action);
        } else if (action instanceof ProtocolAction.Attach attach) {
            attach(attach);
        } else if (action instanceof ProtocolAction.Read) {
            read(before);
        } else {
            collect(action);
        }
    }

    private static boolean isCollection(ProtocolAction action) {
        return action instanceof ProtocolAction.CollectVersion || action instanceof ProtocolAction.CollectPages;
    }

    private void collect(ProtocolAction action) {
        Engine engine = registry.engine();
        Principal by = engine.settings.actor();
        try {
            if (action instanceof ProtocolAction.CollectVersion collect) {
                VersionTarget target = new VersionTarget(MODEL, ModelVersion.parse(collect.version()));
                parts.versionCollector(engine).collect(target, by, CollectionScope.EVERYTHING);
            } else {
                parts.pageCollector(engine).collect(MODEL, new Call(by, ""), CollectionScope.EVERYTHING);
            }
        } catch (IOException e) {
            throw StoreErrors.of("collect", e);
        }
    }

    private static Registration registration(ProtocolAction.Register register) {
        Registration.Builder builder = Registration.of(MODEL.name());
        register.files().files().forEach((path, text) -> builder.file(path, bytes(text)));
        if (!register.version().equals(ProtocolAction.NEXT)) {
            builder.version(register.version());
        }
        return builder.metric("accuracy", register.files().metric()).build();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void upload(ProtocolAction.Upload action) {
        Registration whole = registration(new ProtocolAction.Register(action.version(), action.files()));
        Registration.Builder begun =
                Registration.of(MODEL.name()).metric("accuracy", action.files().metric());
        if (!action.version().equals(ProtocolAction.NEXT)) {
            begun.version(action.version());
        }
        try (Upload upload = registry.upload(begun.build())) {
            whole.files().forEach(upload::add);
            checkRegistered(action.version(), action.files(), upload.seal());
        }
    }

    private void checkRegistered(String asked, Files files, RegisteredVersion registered) {
        ModelVersion version = registered.version();
        boolean right = audit.model().row(version).isPresent() && holds(version, files);
        check(right, "P3-acked-lost", "c" + index + " was told that " + version + " is registered with " + files);
        acknowledged.put(version, files);
        if (asked.equals(ProtocolAction.NEXT)) {
            given.add(version);
            check(
                    seals(prefix(call)) == 1,
                    "P6-auto-unique",
                    "c" + index + " was given " + version + ", not sealed by it");
        } else {
            check(version.toString().equals(asked), "P3-acked-lost", "c" + index + " asked for " + asked);
        }
    }

    /** Whether a version is sealed with exactly these files. */
    private boolean holds(ModelVersion version, Files files) {
        return audit.document(version).orElse(null) instanceof Sealed sealed && says(sealed, files);
    }

    static boolean says(Sealed sealed, Files files) {
        Map<String, String> digests = new HashMap<>();
        sealed.manifest()
                .files()
                .forEach(file ->
                        digests.put(file.path().toString(), file.digest().hex()));
        Map<String, String> wanted = new HashMap<>();
        files.files()
                .forEach((path, text) -> wanted.put(
                        path, io.modelregistry.model.Digest.sha256(bytes(text)).hex()));
        return digests.equals(wanted)
                && Double.valueOf(files.metric())
                        .equals(sealed.manifest().metrics().get("accuracy"));
    }

    private int seals(String prefix) {
        int seals = 0;
        for (VersionDocument document : audit.documents()) {
            if (document instanceof Sealed && document.operation().startsWith(prefix)) {
                seals++;
            }
        }
        return seals;
    }

    private long commits(String prefix) {
        return audit.events().stream()
                .filter(event -> event.operation().startsWith(prefix))
                .count();
    }

    private boolean inProduction(String version, long at) {
        return audit.model()
                .productionAt(at)
                .filter(ModelVersion.parse(version)::equals)
                .isPresent();
    }

    private boolean names(ProtocolAction.SetAlias set, long at) {
        return ModelVersion.parse(set.version())
                .equals(audit.model().aliasesAt(at).get(Alias.of(set.alias())));
    }

    /** Either this call committed once, or it had nothing to do at some revision that it can have seen. */
    private void checkDone(long before, LongPredicate idle, ProtocolAction action) {
        long commits = commits(prefix(call));
        check(commits <= 1, "P4-twice", "c" + index + " committed " + action + " " + commits + " times");
        boolean done = commits == 1;
        for (long at = before; at <= audit.revision() && !done; at++) {
            done = idle.test(at);
        }
        check(done, "P3-acked-lost", "c" + index + " was told that " + action + " is done");
    }

    private void attach(ProtocolAction.Attach attach) {
        Attachment attachment =
                registry.attachments("m:" + attach.version()).add("note", "text/plain", bytes(attach.text()));
        boolean listed = audit.model()
                .row(ModelVersion.parse(attach.version()))
                .filter(row -> row.attachments().contains(attachment))
                .isPresent();
        check(listed, "P3-acked-lost", "c" + index + " was told that " + attach + " is done");
    }

    private void read(long before) {
        List<VersionSummary> versions =
                registry.versions(MODEL.name(), VersionQuery.all().limit(1000)).items();
        long published = audit.events().stream()
                .filter(event -> event.change() instanceof io.modelregistry.event.Change.VersionPublished)
                .filter(event -> event.revision() <= before)
                .count();
        check(versions.size() >= published, "P3-lost", "c" + index + " read " + versions.size() + " versions");
    }

    /** A refusal must be true, and nothing but a truth that the action can meet. */
    private void checkRefusal(ProtocolAction action, long before, RegistryException e) {
        boolean expected = switch (e.code()) {
            case ALREADY_EXISTS -> exists(action);
            case NOT_FOUND -> notFound(action, before);
            case ILLEGAL_TRANSITION ->
                action instanceof ProtocolAction.Promote || action instanceof ProtocolAction.RollBack;
            case CONFLICT -> patience == Patience.NONE;
            case STORAGE, OUTCOME_UNKNOWN -> mayGiveUp();
            default -> false;
        };
        if (!expected) {
            PropertyViolation violation = new PropertyViolation(
                    "P7-blocked",
                    "c" + index + " could not " + action + ", but was told " + e.code() + ": " + e.getMessage());
            violation.initCause(e);
            throw violation;
        }
    }

    /** A call that fails ends what needs it, and so do several lost replies to writes of the same file. */
    private boolean mayGiveUp() {
        return patience == Patience.NONE || interleaving.failures(index) > 0 || interleaving.unanswered(index) > 1;
    }

    private boolean exists(ProtocolAction action) {
        if (!(action instanceof ProtocolAction.Register || action instanceof ProtocolAction.Upload)) {
            return false;
        }
        boolean registered = action instanceof ProtocolAction.Register;
        String asked =
                registered ? ((ProtocolAction.Register) action).version() : ((ProtocolAction.Upload) action).version();
        Files files =
                registered ? ((ProtocolAction.Register) action).files() : ((ProtocolAction.Upload) action).files();
        ModelVersion version = ModelVersion.parse(asked);
        check(
                audit.model().row(version).isPresent(),
                "P11-limbo",
                "c" + index + " was told that " + version + " exists, the head does not show it");
        return !holds(version, files);
    }

    private boolean notFound(ProtocolAction action, long before) {
        if (action instanceof ProtocolAction.RemoveAlias) {
            return true;
        }
        String asked = action instanceof ProtocolAction.Promote promote
                ? promote.version()
                : action instanceof ProtocolAction.SetAlias set ? set.version() : "";
        return !asked.isEmpty()
                && audit.events().stream()
                        .filter(event -> event.revision() <= before)
                        .noneMatch(event -> event.change() instanceof io.modelregistry.event.Change.VersionPublished p
                                && p.version().toString().equals(asked));
    }

    /** What was refused for good must not happen, now or later. */
    private void checkNoEffect(String prefix, RegistryException e) {
        boolean committed = audit.events().stream()
                .anyMatch(event -> event.operation().startsWith(prefix) && isOwn(event.change()));
        check(
                seals(prefix) == 0 && !committed,
                "P12-definite",
                "c" + index + " was told " + e.code() + ", but call " + prefix + " took effect: " + e.getMessage());
    }

    /** Publishing what others sealed is no effect of the call. */
    private static boolean isOwn(io.modelregistry.event.Change change) {
        return !(change instanceof io.modelregistry.event.Change.VersionPublished);
    }

    /** Checks at the end that no refused call took effect after all. */
    void checkRefused() {
        for (String prefix : refused) {
            checkNoEffect(prefix, new RegistryException(ErrorCode.CONFLICT, "a refusal, earlier"));
        }
    }

    private static void check(boolean holds, String property, String what) {
        if (!holds) {
            throw new PropertyViolation(property, what);
        }
    }
}
