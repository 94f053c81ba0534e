package io.modelregistry.maintenance;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.commit.VersionTarget;
import io.modelregistry.internal.commit.VersionUploader;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.maintenance.CollectionScope;
import io.modelregistry.internal.maintenance.VersionCollector;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** A small registry with one of everything, and ways to look at all of it. */
public final class SampleRegistry {
    /** The time at which everything was made. */
    public static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    private SampleRegistry() {}

    /** Ids that count up. */
    public static Supplier<String> ids(String prefix) {
        AtomicLong last = new AtomicLong();
        return () -> prefix + last.incrementAndGet();
    }

    /** Opens a registry whose bytes are always the same. */
    public static ModelRegistry open(StorageNode node) {
        return open(node, "id");
    }

    /** Opens a registry with ids of its own. */
    public static ModelRegistry open(StorageNode node, String idPrefix) {
        return ModelRegistries.builder(node)
                .leaveNodeOpen()
                .clock(CLOCK)
                .ids(ids(idPrefix))
                .open();
    }

    /** Two models whose versions were promoted, named, annotated, forestalled. */
    public static void fill(StorageNode node) throws IOException {
        try (ModelRegistry registry = open(node)) {
            register(registry, "iris", "1.0.0", "one");
            register(registry, "iris", "1.1.0", "two");
            registry.promote("iris:1.0.0", Stage.PRODUCTION);
            registry.promote("iris:1.1.0", Stage.PRODUCTION);
            registry.aliases("iris").set("champion", "1.0.0");
            registry.attachments("iris:1.0.0").add("evaluation", "application/json", bytes("{\"accuracy\":0.9}"));
            registry.edit("iris")
                    .overlay(
                            ModelRef.parse("iris:1.1.0"), ExpectedRevision.any(), overlay -> overlay.withNotes("good"));
            abandon(registry, "iris", "2.0.0-RC.1");
            register(registry, "iris", "2.0.0-RC.1", "forestalled");
            registry.register(Registration.of("nlp/sentiment")
                    .file("model/weights.bin", bytes("weights"))
                    .file("vocabulary.txt", bytes("a\nb\n"))
                    .build());
            registry.edit("nlp/sentiment").facts(ExpectedRevision.any(), facts -> facts.withDescription("moods"));
        }
    }

    /** Adds what is on its way: a claim, a void, and a version that is sealed and not published. */
    public static void addUnpublished(StorageNode node) throws IOException {
        try (ModelRegistry registry = open(node)) {
            abandon(registry, "iris", "3.0.0");
            abandon(registry, "iris", "4.0.0");
        }
        Environment environment = new Environment(CLOCK, ids("u"), Retries.within(Duration.ofSeconds(5)));
        VersionTarget gone = target("4.0.0");
        new VersionCollector(node, environment)
                .collect(gone, Principal.service("collector"), CollectionScope.EVERYTHING);
        seal(node, environment, target("5.0.0"));
    }

    private static VersionTarget target(String version) {
        return new VersionTarget(ModelKeys.of(ModelName.parse("iris")), ModelVersion.parse(version));
    }

    private static void seal(StorageNode node, Environment environment, VersionTarget target) throws IOException {
        VersionUploader uploader = new VersionUploader(node, environment);
        Principal by = Principal.user("ann");
        VersionUploader.Claim.Upload claim =
                (VersionUploader.Claim.Upload) uploader.claim(target, Optional.empty(), by);
        ArtifactPath path = ArtifactPath.of("m.bin");
        byte[] content = bytes("sealed only");
        node.write(target.keys().file(claim.folder(), path), Content.of(content), WriteCondition.unconditional());
        Manifest like = manifestOf(node);
        Manifest manifest = new Manifest(
                "m1",
                target.keys().name(),
                target.version(),
                like.format(),
                List.of(new ArtifactFile(
                        path,
                        content.length,
                        Digest.sha256(content),
                        like.files().get(0).kind())),
                like.io(),
                like.training(),
                like.metrics(),
                like.usage(),
                like.dependencies(),
                like.fields(),
                new Manifest.Creation(by, CLOCK.instant()));
        uploader.seal(target, claim, manifest, "");
    }

    private static Manifest manifestOf(StorageNode node) {
        try (ModelRegistry registry = open(node)) {
            return registry.get("iris:1.0.0").manifest();
        }
    }

    /** Registers a version with one file. */
    public static void register(ModelRegistry registry, String name, String version, String content) {
        registry.register(Registration.of(name)
                .version(version)
                .file("m.bin", bytes(content))
                .metric("accuracy", 0.5)
                .build());
    }

    /** Uploads a file and gives up. */
    public static void abandon(ModelRegistry registry, String name, String version) {
        try (Upload upload =
                registry.upload(Registration.of(name).version(version).build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m.bin"), bytes("abandoned")));
        }
    }

    /** The bytes of a text. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** All objects by key. */
    public static SortedMap<String, byte[]> objects(StorageNode node) throws IOException {
        SortedMap<String, byte[]> objects = new TreeMap<>();
        for (ListedObject object : node.list(KeyPrefix.ROOT, null, 100_000)) {
            objects.put(object.key().value(), node.readAll(object.key()));
        }
        return objects;
    }

    /** The objects as text, so that a difference can be read. */
    public static Map<String, String> texts(StorageNode node) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        objects(node).forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.ISO_8859_1)));
        return texts;
    }

    /** Everything that a reader can see, one line a thing. */
    public static String everythingReadFrom(StorageNode node) throws IOException {
        StringBuilder seen = new StringBuilder();
        try (ModelRegistry registry = open(node)) {
            for (RegisteredModel model : registry.models(ModelQuery.all()).items()) {
                seen.append(model).append('\n');
                seen.append(registry.history(model.name().toString()).all()).append('\n');
                seen.append(registry.aliases(model.name().toString()).all()).append('\n');
                for (VersionSummary summary :
                        registry.versions(model.name(), VersionQuery.all()).items()) {
                    version(
                            registry,
                            ModelRef.of(model.name(), summary.version()).toString(),
                            seen);
                }
            }
        }
        return seen.toString();
    }

    private static void version(ModelRegistry registry, String ref, StringBuilder seen) throws IOException {
        RegisteredVersion version = registry.get(ref);
        seen.append(version).append('\n');
        for (ArtifactFile file : registry.artifacts(ref).files()) {
            try (InputStream in = registry.artifacts(ref).open(file.path())) {
                seen.append(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        for (Attachment attachment : version.attachments()) {
            try (InputStream in = registry.attachments(ref).open(attachment)) {
                seen.append(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
    }

    /** A key of this text. */
    public static StorageKey key(String text) {
        return StorageKey.of(text);
    }
}
