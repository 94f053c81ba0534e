package io.modelregistry.storm;

import io.modelregistry.internal.commit.Call;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.maintenance.GarbageCollector;
import io.modelregistry.internal.maintenance.RegistryCopier;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.maintenance.CollectionPlan;
import io.modelregistry.maintenance.CollectionReport;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.storm.FaultScript.Deed;
import io.modelregistry.storm.FaultScript.Effect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Everything that a registry does. */
final class FaultScripts {
    private static final Principal COLLECTOR = Principal.service("collector");
    private static final Deed NOTHING = on -> {};
    private static final Deed TWO = registering(on -> {
        on.register(version("1.0.0", "a"));
        on.register(version("2.0.0", "b"));
    });
    private static final Deed IN_PRODUCTION = TWO.then(registering(on -> on.promote("iris:1.0.0", Stage.PRODUCTION)));
    private static final Deed REPLACED =
            IN_PRODUCTION.then(registering(on -> on.promote("iris:2.0.0", Stage.PRODUCTION)));
    private static final Deed ALIASED =
            TWO.then(registering(on -> on.aliases("iris").set("champion", "1.0.0")));
    private static final Deed ATTACHED =
            TWO.then(registering(on -> on.attachments("iris:2.0.0").add("scan", "text/plain", text("fine", 300))));

    private FaultScripts() {}

    static List<FaultScript> all() {
        return List.of(
                commit("register the first version", NOTHING, on -> on.register(version("1.0.0", "a"))),
                commit("register another version", TWO, on -> on.register(version("3.0.0", "c"))),
                commit("register three files", TWO, on -> on.register(three())),
                next("register the next version", TWO, on -> on.register(next("c"))),
                next("register the next version, which fills a page", many(31), on -> on.register(next("last"))),
                next("register a file that is held", registering(FaultScripts::big), FaultScripts::big),
                commit("upload in parts", TWO, FaultScripts::upload),
                commit("promote", TWO, on -> on.promote("iris:1.0.0", Stage.PRODUCTION)),
                commit("replace in production", IN_PRODUCTION, on -> on.promote("iris:2.0.0", Stage.PRODUCTION)),
                commit("roll back", REPLACED, on -> on.rollback("iris", "worse")),
                commit("set an alias", TWO, on -> on.aliases("iris").set("champion", "1.0.0")),
                commit("move an alias", ALIASED, on -> on.aliases("iris").set("champion", "2.0.0")),
                commit("remove an alias", ALIASED, on -> on.aliases("iris").remove(Alias.of("champion"))),
                commit("edit facts", TWO, FaultScripts::describe),
                commit("edit an overlay", TWO, on -> note(on, "2.0.0")),
                commit("edit an overlay, which rewrites a page", noted(), on -> note(on, "1.0.40")),
                commit("attach", TWO, on -> on.attachments("iris:1.0.0").add("scan", "text/plain", text("fine", 9))),
                commit("retire", TWO, on -> on.edit("iris").retire("over")),
                new FaultScript("open and materialise", ATTACHED, FaultScripts::readAll, Effect.READS),
                new FaultScript("collect", garbage(), FaultScripts::collect, Effect.COLLECTS),
                new FaultScript("copy", copied(), FaultScripts::copy, Effect.COPIES));
    }

    private static FaultScript commit(String name, Deed before, Use operation) {
        return new FaultScript(name, before, registering(operation), Effect.COMMITS);
    }

    private static FaultScript next(String name, Deed before, Use operation) {
        return new FaultScript(name, before, registering(operation), Effect.ADDS_A_VERSION);
    }

    /** A use of a registry alone. */
    private interface Use {
        void on(ModelRegistry registry) throws IOException;
    }

    private static Deed registering(Use use) {
        return scene -> use.on(scene.registry());
    }

    private static byte[] text(String word, int times) {
        return word.repeat(times).getBytes(StandardCharsets.UTF_8);
    }

    private static Registration version(String version, String content) {
        return Registration.of("iris")
                .version(version)
                .file("m", text(content, 1))
                .build();
    }

    private static Registration three() {
        return Registration.of("iris")
                .version("3.0.0")
                .file("m", text("m", 3_000))
                .file("config.json", text("{}", 1))
                .file("folder/n", text("n", 100))
                .build();
    }

    private static Registration next(String content) {
        return Registration.of("iris")
                .file("m", text(content, 1))
                .file("n", text("n", 1))
                .build();
    }

    private static Deed many(int versions) {
        return registering(on -> {
            for (int i = 0; i < versions; i++) {
                on.register(version("1.0." + i, "content " + i));
            }
        });
    }

    private static Deed noted() {
        return many(64).then(registering(on -> {
            for (int i = 0; i < 16; i++) {
                note(on, "1.0." + i);
            }
        }));
    }

    private static void note(ModelRegistry on, String version) {
        on.edit("iris")
                .overlay(
                        ModelRef.parse("iris:" + version),
                        ExpectedRevision.any(),
                        overlay -> overlay.withNotes("changed"));
    }

    private static void describe(ModelRegistry on) {
        on.edit("iris").facts(ExpectedRevision.any(), facts -> facts.withDescription("flowers"));
    }

    private static void big(ModelRegistry on) {
        on.register(Registration.of("iris").file("m", new byte[100_000]).build());
    }

    private static void upload(ModelRegistry on) {
        try (Upload upload = on.upload(Registration.of("iris").version("3.0.0").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), text("a", 2_000)));
            upload.add(ArtifactSource.of(ArtifactPath.of("b"), text("b", 1)));
            upload.seal();
        }
    }

    private static void readAll(FaultScript.Scene scene) throws IOException {
        Path folder = scene.registry().artifacts("iris:1.0.0").materialize();
        expect("a", Files.readString(folder.resolve("m")));
        try (InputStream in = scene.registry().artifacts("iris:2.0.0").open(ArtifactPath.of("m"))) {
            expect("b", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Attachment attachment = scene.registry().attachments("iris:2.0.0").all().get(0);
        try (InputStream in = scene.registry().attachments("iris:2.0.0").open(attachment)) {
            expect("fine".repeat(300), new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        expect("3", String.valueOf(scene.registry().history("iris").all().size()));
    }

    private static void expect(String expected, String read) {
        if (!expected.equals(read)) {
            throw new AssertionError("'" + read + "' was served, expected '" + expected + "'");
        }
    }

    private static Deed garbage() {
        return noted().then(registering(on -> {
            note(on, "1.0.40");
            abandon(on, "2.0.0");
            abandon(on, "3.0.0");
        }));
    }

    private static void abandon(ModelRegistry on, String version) {
        try (Upload upload = on.upload(Registration.of("iris").version(version).build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), text("abandoned", 1)));
        }
    }

    /** As {@code RegistryMaintenance} does it, but for the time that it takes to give up. */
    private static void collect(FaultScript.Scene scene) throws IOException {
        try {
            GarbageCollector collector = new GarbageCollector(scene.node(), environment());
            CollectionPlan plan = collector.plan(Instant.now());
            CollectionReport report = collector.collect(plan, new Call(COLLECTOR, "collection"));
            if (!plan.skipped().isEmpty() || !report.left().isEmpty()) {
                throw new RegistryException(ErrorCode.UNTRUSTED, "It was said that something was left");
            }
        } catch (IOException e) {
            throw StoreErrors.of("collect garbage", e);
        }
    }

    private static Environment environment() {
        return new Environment(
                Clock.systemUTC(), () -> UUID.randomUUID().toString().replace("-", ""), Retries.within(FaultRun.SHORT));
    }

    private static Deed copied() {
        return ATTACHED.then(registering(on -> on.register(
                Registration.of("nlp/rose").file("m", text("rose", 1)).build())));
    }

    private static void copy(FaultScript.Scene scene) {
        RegistryCopier.Context context = new RegistryCopier.Context(environment(), COLLECTOR, MaintenanceProgress.NONE);
        try {
            new RegistryCopier(scene.node(), scene.other(), context).copyAll();
        } catch (IOException e) {
            throw StoreErrors.of("copy the registry", e);
        }
    }

    /** The name of the model that all scripts change. */
    static ModelName model() {
        return ModelName.parse("iris");
    }
}
