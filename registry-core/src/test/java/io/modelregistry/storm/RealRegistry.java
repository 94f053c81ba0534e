package io.modelregistry.storm;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.Increment;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes steps on a real store, through a registry for each client. */
final class RealRegistry implements AutoCloseable {
    private final StormStore store;
    private final StormClients clients;
    private final List<StorageNode> nodes = new ArrayList<>();
    private final List<ModelRegistry> registries = new ArrayList<>();

    RealRegistry(StormStore store, StormClients clients) throws IOException {
        this.store = store;
        this.clients = clients;
        for (int i = 0; i < ModelStep.CLIENTS; i++) {
            nodes.add(store.open());
            registries.add(registry(i));
        }
    }

    private ModelRegistry registry(int client) {
        return clients.registry(clients.node(nodes.get(client)), Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        registries.forEach(ModelRegistry::close);
        nodes.forEach(StorageNode::close);
    }

    /** What a step answers; an error is its code. */
    String answer(ModelStep step) throws IOException {
        ModelRegistry registry = registries.get(step.client());
        try {
            return switch (step.verb()) {
                case REGISTER ->
                    text(registry.register(
                            registration(step).file("m", bytes(step.second())).build()));
                case ABANDON -> abandon(registry, step);
                case PROMOTE -> text(registry.promote(step.model() + step.first(), Stage.parse(step.second())));
                case ROLLBACK -> text(rollback(registry, step));
                case SET_ALIAS ->
                    registry.aliases(step.model())
                            .set(Alias.of(step.first()), ModelRef.parse(step.model() + step.second()))
                            .toString();
                case REMOVE_ALIAS -> {
                    registry.aliases(step.model()).remove(Alias.of(step.first()));
                    yield "done";
                }
                case DESCRIBE -> describe(registry, step);
                case NOTE ->
                    text(registry.edit(step.model())
                            .overlay(
                                    ModelRef.parse(step.model() + step.first()),
                                    ExpectedRevision.any(),
                                    overlay -> overlay.withNotes(step.second())));
                case ATTACH ->
                    "attached "
                            + registry.attachments(step.model() + step.first())
                                    .add("scan", "text/plain", bytes(step.second()))
                                    .size();
                case RETIRE -> text(registry.edit(step.model()).retire("over"));
                case RESTORE -> text(registry.edit(step.model()).restore("again"));
                case RESOLVE ->
                    registry.findSummary(ModelRef.parse(step.model() + step.first()))
                            .map(RealRegistry::brief)
                            .orElse("nothing");
                case READ -> read(registry, step.model() + step.first());
                case MODEL ->
                    registry.findModel(ModelName.parse(step.model()))
                            .map(RealRegistry::text)
                            .orElse("nothing");
                case VERSIONS ->
                    brief(registry.versions(ModelName.parse(step.model()), VersionQuery.all())
                            .items());
                case HISTORY ->
                    registry.history(step.model()).all().stream()
                            .map(event -> event.change().getClass().getSimpleName())
                            .toList()
                            .toString();
                case TARGETS -> brief(registry.rollbackTargets(ModelName.parse(step.model())));
                case COLLECT -> collect(step.client());
                case REOPEN -> reopen(step.client());
            };
        } catch (RegistryException e) {
            return e.code().toString();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Registration.Builder registration(ModelStep step) {
        Registration.Builder registration = Registration.of(step.model());
        return switch (step.first()) {
            case "patch", "minor", "major" ->
                registration.next(Increment.valueOf(step.first().toUpperCase(Locale.ROOT)));
            default -> registration.version(step.first());
        };
    }

    private static String abandon(ModelRegistry registry, ModelStep step) {
        try (Upload upload = registry.upload(registration(step).build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), bytes("abandoned")));
        }
        return "done";
    }

    private static RegisteredVersion rollback(ModelRegistry registry, ModelStep step) {
        return step.first().isEmpty()
                ? registry.rollback(step.model(), "worse")
                : registry.rollback(ModelRef.parse(step.model() + step.first()), "worse");
    }

    private static String describe(ModelRegistry registry, ModelStep step) {
        long revision = registry.findModel(ModelName.parse(step.model()))
                .map(RegisteredModel::revision)
                .orElse(1L);
        ExpectedRevision expected = switch (step.first()) {
            case "current" -> ExpectedRevision.of(revision);
            case "stale" -> ExpectedRevision.of(revision + 7);
            default -> ExpectedRevision.any();
        };
        return text(registry.edit(step.model()).facts(expected, facts -> facts.withDescription(step.second())));
    }

    private String collect(int client) {
        RegistryMaintenance maintenance = RegistryMaintenance.over(nodes.get(client));
        maintenance.collectGarbage(maintenance.planCollection(Duration.ZERO));
        return "done";
    }

    private String reopen(int client) throws IOException {
        registries.get(client).close();
        nodes.get(client).close();
        nodes.set(client, store.open());
        registries.set(client, registry(client));
        return "done";
    }

    private static String brief(VersionSummary summary) {
        return summary.version() + "#" + summary.sequence() + " " + summary.stage();
    }

    private static String brief(List<VersionSummary> summaries) {
        return summaries.stream().map(RealRegistry::brief).toList().toString();
    }

    private static String text(RegisteredVersion version) {
        return version.version() + "#" + version.summary().sequence() + " "
                + version.summary().stage() + " '" + version.overlay().notes() + "' "
                + version.attachments().stream().map(Attachment::size).toList();
    }

    private static String text(RegisteredModel model) {
        return "%s at %s '%s' %s %s"
                .formatted(
                        model.status(),
                        model.revision(),
                        model.facts().description(),
                        model.aliases(),
                        model.versionCount());
    }

    private static String read(ModelRegistry registry, String ref) throws IOException {
        RegisteredVersion version = registry.get(ref);
        List<String> attached = new ArrayList<>();
        for (Attachment attachment : version.attachments()) {
            try (InputStream in = registry.attachments(version.ref()).open(attachment)) {
                attached.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        try (InputStream in = registry.artifacts(ref).open(ArtifactPath.of("m"))) {
            return text(version) + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8) + " " + attached;
        }
    }
}
