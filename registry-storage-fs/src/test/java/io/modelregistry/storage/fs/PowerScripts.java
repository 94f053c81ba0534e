package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.VersionExistsException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.fs.PowerScript.Act;
import io.modelregistry.storage.fs.PowerScript.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** What registries are used for, as scripts for a loss of power. */
final class PowerScripts {
    private static final Act NOTHING = machine -> {};
    private static final Act TWO = registry(on -> {
        on.register(version("1.0.0", "a"));
        on.register(version("2.0.0", "b"));
    });
    private static final Act IN_PRODUCTION = TWO.then(registry(on -> on.promote("iris:1.0.0", Stage.PRODUCTION)));
    private static final Act REPLACED = IN_PRODUCTION.then(registry(on -> on.promote("iris:2.0.0", Stage.PRODUCTION)));
    private static final Act ALIASED =
            TWO.then(registry(on -> on.aliases("iris").set("champion", "1.0.0")));

    private PowerScripts() {}

    static List<PowerScript> all() {
        return List.of(
                script("register the first version", NOTHING, on -> on.register(version("1.0.0", "a"))),
                script("register another version", TWO, on -> on.register(version("3.0.0", "c"))),
                script("register several files", TWO, on -> on.register(several())),
                script("register a large file", TWO, on -> on.register(large("weights", 300_000))),
                script("register the first version of a group", TWO, PowerScripts::registerInGroup),
                script("register the same again", TWO, on -> on.register(version("2.0.0", "b"))),
                script("register the next version", TWO, on -> on.register(next("c"))),
                script(
                        "register a file that is stored",
                        registry(PowerScripts::large),
                        on -> on.register(large("copy", 90_000))),
                script("register the version that fills a page", many(31), on -> on.register(next("last"))),
                script("upload in parts", TWO, PowerScripts::upload),
                row("two registrants, one content", TWO, twoRegistrants("a", PowerScripts::seal)),
                row("two registrants, two contents", TWO, twoRegistrants("b", PowerScripts::sealTooLate)),
                row(
                        "an upload that is given up",
                        TWO,
                        List.of(begin("a"), machine -> machine.begun().close())),
                script("promote", TWO, on -> on.promote("iris:1.0.0", Stage.PRODUCTION)),
                script("replace in production", IN_PRODUCTION, on -> on.promote("iris:2.0.0", Stage.PRODUCTION)),
                script("roll back", REPLACED, on -> on.rollback(ModelRef.parse("iris:1.0.0"), "worse")),
                script("set an alias", TWO, on -> on.aliases("iris").set("champion", "1.0.0")),
                script("move an alias", ALIASED, on -> on.aliases("iris").set("champion", "2.0.0")),
                script("remove an alias", ALIASED, on -> on.aliases("iris").remove(Alias.of("champion"))),
                script("edit facts", TWO, on -> describe(on, "flowers")),
                script("edit an overlay", TWO, on -> note(on, "1.0.0", "good")),
                script(
                        "edit an overlay of a version in a page",
                        many(33).then(notes(16)),
                        on -> note(on, "1.0.20", "x")),
                script("attach", TWO, on -> on.attachments("iris:1.0.0").add("scan", "text/plain", text("fine"))),
                script("retire", TWO, on -> on.edit("iris").retire("over")),
                row("collect uploads", TWO.then(begin("a")).then(giveUp()), List.of(PowerScripts::collect)),
                row("collect pages", many(33).then(notes(20)), List.of(PowerScripts::collect)),
                repeatable("copy to another folder", REPLACED, PowerScripts::copy),
                repeatable("copy the news", TWO.then(PowerScripts::copy).then(REPLACED), PowerScripts::copy),
                row("objects of a node", NOTHING, objects()),
                row("a long day", NOTHING, longDay()));
    }

    /** What is done with a registry alone. */
    private interface Use {
        void of(ModelRegistry registry);
    }

    private static Act registry(Use use) {
        return machine -> use.of(machine.registry());
    }

    private static PowerScript script(String name, Act before, Use use) {
        return repeatable(name, before, registry(use));
    }

    private static PowerScript repeatable(String name, Act before, Act act) {
        return new PowerScript(name, before, List.of(act), Kind.REPEATABLE);
    }

    private static PowerScript row(String name, Act before, List<Act> acts) {
        return new PowerScript(name, before, acts, Kind.IN_A_ROW);
    }

    static byte[] text(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    private static Registration version(String version, String content) {
        return Registration.of("iris").version(version).file("m", text(content)).build();
    }

    private static Registration next(String content) {
        return Registration.of("iris")
                .file("m", text(content))
                .file("n", text("n"))
                .build();
    }

    private static Registration several() {
        return Registration.of("iris")
                .version("3.0.0")
                .file("model.bin", text("c"))
                .file("tokenizer/vocabulary.txt", text("a b c"))
                .file("tokenizer/merges/first.txt", text("a-b"))
                .file("empty", new byte[0])
                .build();
    }

    /** The same content for each name, and more of it for each length. */
    private static Registration large(String file, int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return Registration.of("iris").file(file, bytes).build();
    }

    private static void large(ModelRegistry on) {
        on.register(large("weights", 90_000));
    }

    private static void registerInGroup(ModelRegistry on) {
        on.register(Registration.of("iris/small").file("m", text("s")).build());
    }

    private static Act many(int versions) {
        return registry(on -> {
            for (int i = 0; i < versions; i++) {
                on.register(version("1.0." + i, "content " + i));
            }
        });
    }

    private static void note(ModelRegistry on, String version, String note) {
        on.edit("iris")
                .overlay(ModelRef.parse("iris:" + version), ExpectedRevision.any(), overlay -> overlay.withNotes(note));
    }

    private static Act notes(int versions) {
        return registry(on -> {
            for (int i = 0; i < versions; i++) {
                note(on, "1.0." + i, "changed");
            }
        });
    }

    private static void describe(ModelRegistry on, String description) {
        on.edit("iris").facts(ExpectedRevision.any(), facts -> facts.withDescription(description));
    }

    private static void upload(ModelRegistry on) {
        try (Upload upload = on.upload(Registration.of("iris").version("3.0.0").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), text("a")));
            upload.add(ArtifactSource.of(ArtifactPath.of("b"), text("b")));
            upload.seal();
        }
    }

    private static Act begin(String content) {
        return machine -> {
            Upload upload = machine.registry()
                    .upload(Registration.of("iris").version("3.0.0").build());
            machine.begin(upload);
            upload.add(ArtifactSource.of(ArtifactPath.of("m"), text(content)));
        };
    }

    private static Act giveUp() {
        return machine -> machine.begun().close();
    }

    private static List<Act> twoRegistrants(String secondContent, Act end) {
        return List.of(begin("a"), machine -> machine.second().register(version("3.0.0", secondContent)), end);
    }

    private static void seal(PowerMachine machine) {
        machine.begun().seal();
    }

    private static void sealTooLate(PowerMachine machine) {
        Upload upload = machine.begun();
        assertThatThrownBy(upload::seal)
                .isInstanceOf(VersionExistsException.class)
                .hasMessageContaining("3.0.0");
    }

    private static void collect(PowerMachine machine) {
        RegistryMaintenance maintenance = machine.maintenance();
        maintenance.collectGarbage(maintenance.planCollection(Duration.ZERO));
    }

    /** Copies the registry to the other folder. */
    static void copy(PowerMachine machine) {
        try (FileSystemStorageNode copy = machine.copy()) {
            machine.maintenance().copyTo(copy);
        }
    }

    private static List<Act> objects() {
        return List.of(
                put("raw/a/b/c", "one"),
                put("raw/a/b/c", "two"),
                put("raw/a/d", "three"),
                machine -> machine.node().copy(StorageKey.of("raw/a/d"), StorageKey.of("raw/e/f")),
                machine -> machine.node().delete(StorageKey.of("raw/a/b/c")),
                put("raw/a/b", "a file where a folder was"),
                machine -> machine.node().delete(StorageKey.of("raw/a/b")),
                put("raw/a/b/c", "a folder again"),
                machine -> machine.node().delete(StorageKey.of("raw/e/f")));
    }

    private static Act put(String key, String content) {
        return machine ->
                machine.node().write(StorageKey.of(key), Content.of(text(content)), WriteCondition.unconditional());
    }

    private static List<Act> longDay() {
        return List.of(
                registry(on -> on.register(version("1.0.0", "a"))),
                registry(on -> on.promote("iris:1.0.0", Stage.PRODUCTION)),
                machine -> machine.second().register(next("b")),
                machine -> machine.second().aliases("iris").set("challenger", "1.0.1"),
                registry(on -> note(on, "1.0.1", "to be watched")),
                begin("c"),
                registry(on -> on.promote("iris:1.0.1", Stage.PRODUCTION)),
                PowerScripts::seal,
                machine -> machine.second().rollback(ModelName.parse("iris"), "slow"),
                registry(on -> on.register(large("weights", 70_000))),
                PowerScripts::copy,
                registry(on -> on.register(large("again", 70_000))),
                registry(on -> on.attachments("iris:3.0.0").add("scan", "text/plain", text("fine"))),
                machine -> machine.second().aliases("iris").remove(Alias.of("challenger")),
                registry(on -> on.edit("iris").retire("over")),
                machine -> machine.second().edit("iris").restore("not over"),
                PowerScripts::copy);
    }
}
