package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.event.Change;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RiskTier;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.Increment;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.registry.VersionExistsException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What registering promises. */
abstract class RegistrationContract extends RegistrySubject {
    @Test
    void theFirstVersionIs100AndTheNextIsTheNextPatch() {
        assertThat(register("iris", "a").version()).hasToString("1.0.0");
        assertThat(register("iris", "b").version()).hasToString("1.0.1");
        assertThat(register("iris", "b").version()).hasToString("1.0.2");
    }

    @Test
    void raisesWhatIsAskedForAboveTheNewestVersion() {
        register("iris", "1.4.2", "a");
        assertThat(next("iris", Increment.MINOR)).isEqualTo("1.5.0");
        assertThat(next("iris", Increment.PATCH)).isEqualTo("1.5.1");
        assertThat(next("iris", Increment.MAJOR)).isEqualTo("2.0.0");
        register("iris", "1.0.0", "old");
        assertThat(next("iris", Increment.PATCH)).isEqualTo("2.0.1");
    }

    @Test
    void theNextAfterAPreReleaseIsItsRelease() {
        register("iris", "2.0.0-rc.1", "a");
        assertThat(registry.findModel(name("iris")).orElseThrow().newestStable())
                .isEmpty();
        assertThat(next("iris", Increment.PATCH)).isEqualTo("2.0.0");
    }

    private String next(String model, Increment increment) {
        return registry.register(Registration.of(model)
                        .next(increment)
                        .file("m", bytes("x" + increment))
                        .build())
                .version()
                .toString();
    }

    @Test
    void aTimestampMakesAVersion() {
        ModelVersion night = ModelVersion.ofTimestamp(Instant.parse("2026-11-20T21:23:45Z"));
        ModelVersion winter = ModelVersion.ofTimestamp(Instant.parse("2027-01-05T00:00:09Z"));
        registry.register(
                Registration.of("iris").version(winter).file("m", bytes("b")).build());
        registry.register(
                Registration.of("iris").version(night).file("m", bytes("a")).build());
        assertThat(versionsOf(registry, "iris")).containsExactly("2027.105.9", "2026.1120.212345");
    }

    @Test
    void registeringTheSameAgainChangesNothing() {
        Registration rich = rich("1.0.0");
        RegisteredVersion first = registry.register(rich);
        Snapshot before = Snapshot.of(node);
        assertThat(registry.register(rich)).isEqualTo(first);
        assertThat(fresh().register(rich("1.0.0"))).isEqualTo(first);
        assertThat(Snapshot.of(node)).isEqualTo(before);
        assertThat(heard).hasSize(1);
    }

    private static Registration rich(String version) {
        return Registration.of("nlp/sentiment")
                .version(version)
                .file("model.bin", bytes("weights"))
                .file("variables/index", bytes("index"))
                .framework("onnx", "1.16")
                .modelType("classifier")
                .metric("accuracy", 0.1 + 0.2)
                .metric("loss", -0.0)
                .metric("tiny", Double.MIN_VALUE)
                .metric("huge", Double.MAX_VALUE)
                .field("text", FieldValue.of("Grüße \uD83D\uDE00 \u0000 \u2028"))
                .field("number", new FieldValue.Numeric(new BigDecimal("1E+300")))
                .field("whole", FieldValue.of(Long.MIN_VALUE))
                .field("none", FieldValue.of(List.of()))
                .field("some", FieldValue.of(List.of("a", "")))
                .field("then", FieldValue.of(Instant.parse("2020-02-29T23:59:59.123456789Z")))
                .field("yes", new FieldValue.Flag(true))
                .dependency("scikit-learn==1.2.1")
                .training(t -> t.jobId("job 7").commit("abc").hyperparameter("depth", FieldValue.of(3)))
                .because("weekly")
                .build();
    }

    @Test
    void whatWasSaidIsReadBackFromTheStore() {
        RegisteredVersion written = registry.register(rich("1.0.0"));
        RegisteredVersion read = fresh().get("nlp/sentiment:1.0.0");
        assertThat(read).isEqualTo(written);
        assertThat(read.manifest().metrics()).containsEntry("loss", 0.0).containsEntry("accuracy", 0.1 + 0.2);
        assertThat(read.manifest().fields())
                .containsEntry("text", FieldValue.of("Grüße \uD83D\uDE00 \u0000 \u2028"))
                .containsEntry("none", FieldValue.of(List.of()));
        assertThat(read.manifest().created().at()).isEqualTo(clock.instant());
    }

    @Test
    void otherContentUnderAVersionIsRefusedAndTheMessageSaysInWhatItDiffers() {
        register("iris", "1.0.0", "a");
        assertRefused(
                () -> register("iris", "1.0.0", "b"),
                VersionExistsException.class,
                ErrorCode.ALREADY_EXISTS,
                "'iris:1.0.0'",
                "differs in file model.bin",
                "expected the same content or a new version");
        assertRefused(
                () -> registry.register(Registration.of("iris")
                        .version("1.0.0")
                        .file("model.bin", bytes("a"))
                        .metric("accuracy", 1)
                        .build()),
                VersionExistsException.class,
                ErrorCode.ALREADY_EXISTS,
                "differs in metric accuracy");
    }

    @Test
    void versionsThatDifferByCaseOnlyAreRefused() {
        register("iris", "1.0.0-rc.a", "a");
        assertRefused(
                () -> register("iris", "1.0.0-RC.a", "a"),
                VersionExistsException.class,
                ErrorCode.ALREADY_EXISTS,
                "'iris:1.0.0-RC.a'",
                "spelled '1.0.0-rc.a'");
    }

    @Test
    void buildMetadataDoesNotMakeAnotherVersion() {
        register("iris", "1.0.0+a", "a");
        assertThat(register("iris", "1.0.0+b", "a").version()).hasToString("1.0.0+a");
        assertRefused(
                () -> register("iris", "1.0.0+b", "b"),
                VersionExistsException.class,
                ErrorCode.ALREADY_EXISTS,
                "differs");
    }

    @Test
    void namesThatDifferByCaseOnlyAreOneModelSpelledAsItWasFirst() {
        register("Iris", "a");
        RegisteredVersion second = register("iRIS", "b");
        assertThat(second.version()).hasToString("1.0.1");
        assertThat(second.ref()).hasToString("Iris:1.0.1");
        assertThat(fresh().getModel("IRIS").name()).hasToString("Iris");
    }

    @Test
    void aModelMadeByARegistrationBelongsToItsCaller() {
        ModelRegistry other = opened(
                ModelRegistries.builder(node).leaveNodeOpen().actor(io.modelregistry.model.Caller.service("trainer")));
        other.register(registration("iris", "a"));
        RegisteredModel model = registry.getModel("iris");
        assertThat(model.facts().owners()).containsExactly(Principal.service("trainer"));
        assertThat(model.facts().description()).isEmpty();
        assertThat(model.facts().risk()).isEqualTo(RiskTier.MEDIUM);
        assertThat(model.revision()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsLargerThanTheLimits() {
        ModelRegistry limited =
                opened(ModelRegistries.builder(node).leaveNodeOpen().limits(new UploadLimits(10, 2, 15)));
        assertRefused(
                () -> limited.register(
                        Registration.of("iris").file("m", new byte[11]).build()),
                InvalidArtifactException.class,
                ErrorCode.INVALID,
                "'m'",
                "it has 11 bytes",
                "at most 10");
        assertRefused(
                () -> limited.register(Registration.of("iris")
                        .file("a", new byte[1])
                        .file("b", new byte[1])
                        .file("c", new byte[1])
                        .build()),
                InvalidArtifactException.class,
                ErrorCode.INVALID,
                "'iris'",
                "3 files",
                "at most 2");
        assertRefused(
                () -> limited.register(Registration.of("iris")
                        .file("a", new byte[8])
                        .file("b", new byte[8])
                        .build()),
                InvalidArtifactException.class,
                ErrorCode.INVALID,
                "8 bytes more than 8",
                "at most 15");
        limited.register(Registration.of("iris")
                .file("a", new byte[10])
                .file("b", new byte[5])
                .build());
    }

    @Test
    void tellsHowFarALongUploadIs() {
        List<String> told = new ArrayList<>();
        registry.register(Registration.of("big")
                .file("a.bin", new byte[3 << 20])
                .file("b.bin", new byte[10])
                .file("empty.bin", new byte[0])
                .progress((file, done, total) -> told.add(file + " " + done + "/" + total))
                .build());
        assertThat(told)
                .contains("a.bin 3145728/3145728", "b.bin 10/10", "empty.bin 0/0")
                .anyMatch(line -> line.startsWith("a.bin 1048576/") || line.startsWith("a.bin 2097152/"));
    }

    @Test
    void aProgressListenerThatThrowsEndsTheUpload() {
        assertThatThrownBy(() -> registry.register(Registration.of("big")
                        .file("a.bin", new byte[12 << 20])
                        .progress((file, done, total) -> {
                            throw new IllegalStateException("stop");
                        })
                        .build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stop");
        assertThat(fresh().findModel(name("big"))).isEmpty();
        assertThat(fresh().register(registration("big", "a")).version()).hasToString("1.0.1");
    }

    @Test
    void aSourceThatIsNotWhatItSaysIsRefused() {
        for (int size : List.of(2, 4)) {
            assertRefused(
                    () -> registry.register(Registration.of("iris")
                            .add(new ArtifactSource(
                                    ArtifactPath.of("m.bin"),
                                    java.util.Optional.empty(),
                                    size,
                                    () -> new java.io.ByteArrayInputStream(new byte[3])))
                            .build()),
                    InvalidArtifactException.class,
                    ErrorCode.INVALID,
                    "'m.bin'",
                    size == 2 ? "it is longer than the 2 bytes" : "it has 3 bytes");
        }
    }

    /** The one that seals a version may be killed before it publishes it; then the next one to come does it. */
    @Test
    void whoeverPublishesAVersionSaysWhoRegisteredItAndWhy() throws java.io.IOException {
        register("iris", "1.0.0", "a");
        io.modelregistry.storage.StorageKey head = io.modelregistry.storage.StorageKey.of("models/iris/_model.json");
        byte[] before = node.readAll(head);
        ModelRegistry ann = registry.actingAs(io.modelregistry.model.Caller.user("ann"));
        ann.register(Registration.of("iris")
                .version("2.0.0")
                .file("m", bytes("b"))
                .because("weekly")
                .build());
        node.write(
                head,
                io.modelregistry.storage.Content.of(before),
                io.modelregistry.storage.WriteCondition.unconditional());
        ModelRegistry bob = fresh().actingAs(io.modelregistry.model.Caller.user("bob"));
        bob.register(Registration.of("iris")
                .next(Increment.MAJOR)
                .file("m", bytes("c"))
                .because("other")
                .build());
        assertThat(fresh().history("iris").all().stream()
                        .map(event -> event.by() + " " + event.reason() + " "
                                + ((Change.VersionPublished) event.change()).uploadedBy()))
                .contains("user:bob weekly user:ann", "user:bob other user:bob");
    }

    @Test
    void threadsThatAskForTheNextVersionEachGetTheirOwn() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<RegisteredVersion>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                ModelRegistry own = i % 2 == 0 ? registry : fresh();
                Registration mine = registration("iris", "content " + i);
                results.add(pool.submit(() -> {
                    start.await();
                    return own.register(mine);
                }));
            }
            start.countDown();
            List<Long> sequences = new ArrayList<>();
            for (Future<RegisteredVersion> result : results) {
                sequences.add(result.get().summary().sequence());
            }
            assertThat(sequences).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
            assertThat(versionsOf(fresh(), "iris")).hasSize(threads).doesNotHaveDuplicates();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void threadsThatWantOneVersionHaveOneWinner() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                ModelRegistry own = fresh();
                String content = "content " + i;
                results.add(pool.submit(() -> {
                    start.await();
                    try {
                        own.register(registration("iris", "3.0.0", content));
                        return content;
                    } catch (VersionExistsException e) {
                        return "";
                    }
                }));
            }
            start.countDown();
            List<String> winners = new ArrayList<>();
            for (Future<String> result : results) {
                winners.add(result.get());
            }
            winners.removeIf(String::isEmpty);
            assertThat(winners).hasSize(1);
            try (var in = fresh().artifacts("iris:3.0.0").open(ArtifactPath.of("model.bin"))) {
                assertThat(in.readAllBytes()).isEqualTo(bytes(winners.get(0)));
            }
            assertThat(fresh().history("iris").all())
                    .singleElement()
                    .satisfies(event -> assertThat(event.change()).isInstanceOf(Change.VersionPublished.class));
        } finally {
            pool.shutdownNow();
        }
    }
}
