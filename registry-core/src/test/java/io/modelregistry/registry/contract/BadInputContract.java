package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.Registration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets a typed error that names the thing, the reason and what was expected, and changes nothing. */
abstract class BadInputContract extends RegistrySubject {
    @TempDir
    private Path host;

    private void assertInvalid(ThrowingCallable call, String... words) {
        RegistryException refused = assertRefused(call, InvalidValueException.class, ErrorCode.INVALID, words);
        assertThat(refused).hasMessageContaining(", expected ");
    }

    private void assertBadFile(ThrowingCallable call, String... words) {
        RegistryException refused = assertRefused(call, InvalidArtifactException.class, ErrorCode.INVALID, words);
        assertThat(refused).hasMessageContaining(", expected ").hasMessageNotContaining(host.toString());
    }

    @Test
    void namesOutsideTheGrammar() {
        for (String bad : List.of(
                "..",
                ".",
                "",
                "a/b/c",
                "x".repeat(300),
                "a\u0000b",
                "CON",
                "nul.onnx",
                "a/COM1",
                "1iris",
                "iris.",
                "a..b",
                "/iris",
                "iris/",
                "ir is",
                "ir\u00e4s",
                "a\\b",
                "_model",
                "iris\n")) {
            assertInvalid(() -> register(bad, "x"), "model name '");
            assertInvalid(() -> registry.getModel(bad), "model name '");
        }
    }

    @Test
    void versionsOutsideTheGrammar() {
        for (String bad : List.of(
                "",
                "1",
                "1.0",
                "1.0.0.0",
                "v1.0.0",
                "1.0.x",
                "01.0.0",
                "1.0.0-",
                "1.0.0-a..b",
                "../1.0.0",
                "1.0.0/x",
                "1.0.0\u0000",
                "9999999999999999999.0.0",
                "1.0.0-" + "x".repeat(300),
                "latest")) {
            assertInvalid(() -> register("iris", bad, "x"), "version '");
        }
    }

    @Test
    void malformedReferencesAndRanges() {
        register("iris", "x");
        for (String bad : List.of(
                "",
                "iris:",
                "iris@",
                "iris#",
                "iris#0",
                "iris#x",
                "iris:[1.0,2.0)",
                "iris:foo",
                "iris:1.0.0@",
                "iris:^1 &&",
                "iris@sha256:123",
                "iris@v1",
                "iris@latest",
                "a/b/c:1.0.0",
                "iris:1.0.0@production",
                "iris#1@production",
                "iris:>",
                "iris@a/b",
                "x".repeat(1000))) {
            assertInvalid(() -> registry.get(bad));
            assertInvalid(() -> registry.promote(bad, Stage.STAGING));
        }
        assertInvalid(() -> registry.aliases("iris").set("champion", ""));
        assertInvalid(() -> registry.aliases("iris").set("champion", "1.0 ||| 2"));
    }

    @Test
    void aMissingFile() {
        assertBadFile(
                () -> Registration.of("iris", host.resolve("gone.onnx")),
                "'gone.onnx'",
                "does not exist",
                "expected a file");
        assertBadFile(
                () -> Registration.of("iris").file("m", host.resolve("gone.onnx")), "'gone.onnx'", "does not exist");
    }

    @Test
    void aFileThatIsGoneOrChangedWhenItIsRead() throws IOException {
        Path gone = Files.writeString(host.resolve("gone.onnx"), "x");
        Registration vanished = Registration.of("iris", gone).build();
        Path longer = Files.writeString(host.resolve("longer.onnx"), "x");
        Registration grown = Registration.of("iris", longer).build();
        Files.delete(gone);
        Files.writeString(longer, "xxx");
        assertBadFile(() -> registry.register(vanished), "'gone.onnx'", "cannot be read", "expected a readable file");
        assertBadFile(
                () -> registry.register(grown), "'longer.onnx'", "it is longer than the 1 bytes that it had before");
    }

    /** Large enough that a file is not hashed before it is uploaded. */
    private static final int LARGE = (64 << 20) + 10;

    @Test
    void aLargeFileThatChangesWhileItIsRegistered() throws IOException {
        Path file = Files.write(host.resolve("large.bin"), new byte[LARGE]);
        Registration changed = Registration.of("iris")
                .file("m.bin", file)
                .progress((path, done, size) -> touch(file))
                .build();
        assertThatThrownBy(() -> registry.register(changed))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("'m.bin'")
                .hasMessageContaining("it was changed while it was registered");
        assertThat(fresh().findModel(name("iris"))).isEmpty();
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLargeSourceThatFailsOnItsWay() {
        ArtifactSource failing = new ArtifactSource(
                ArtifactPath.of("m.bin"),
                Optional.empty(),
                LARGE,
                () -> new SequenceInputStream(new ByteArrayInputStream(new byte[LARGE / 2]), new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("bad sector");
                    }
                }));
        assertThatThrownBy(() ->
                        registry.register(Registration.of("iris").add(failing).build()))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("'m.bin'")
                .hasMessageContaining("it cannot be read (IOException)");
        assertThat(fresh().findModel(name("iris"))).isEmpty();
    }

    @Test
    void aSourceThatCannotBeRead() {
        ArtifactSource failing = new ArtifactSource(ArtifactPath.of("m.bin"), Optional.empty(), 3, () -> {
            throw new IOException("no permission");
        });
        ArtifactSource breaking =
                new ArtifactSource(ArtifactPath.of("m.bin"), Optional.empty(), 3, () -> new InputStream() {
                    @Override
                    public int read() {
                        throw new UncheckedIOException(new IOException("bad sector"));
                    }
                });
        assertBadFile(
                () -> registry.register(Registration.of("iris").add(failing).build()), "'m.bin'", "cannot be read");
        assertBadFile(
                () -> registry.register(Registration.of("iris").add(breaking).build()), "cannot be read");
        assertBadFile(
                () -> new ArtifactSource(
                        ArtifactPath.of("m"), Optional.empty(), -1, () -> new ByteArrayInputStream(new byte[0])),
                "'m'",
                "-1 bytes");
    }

    @Test
    void sourcesThatAreTogetherLongerThanANumber() {
        ArtifactSource.Opener none = () -> new ByteArrayInputStream(new byte[0]);
        assertBadFile(
                () -> opened(io.modelregistry.ModelRegistries.builder(node)
                                .leaveNodeOpen()
                                .limits(new io.modelregistry.registry.UploadLimits(Long.MAX_VALUE, 5, Long.MAX_VALUE)))
                        .register(Registration.of("iris")
                                .add(new ArtifactSource(ArtifactPath.of("a"), Optional.empty(), Long.MAX_VALUE, none))
                                .add(new ArtifactSource(ArtifactPath.of("b"), Optional.empty(), Long.MAX_VALUE, none))
                                .build()),
                "'iris'",
                "at most");
    }

    @Test
    void aRegistrationWithoutFiles() {
        assertInvalid(() -> registry.register(Registration.of("iris").build()), "'iris'", "there are none");
    }

    @Test
    void anEmptyFolder() throws IOException {
        Path empty = Files.createDirectories(host.resolve("empty/inner")).getParent();
        assertBadFile(() -> Registration.of("iris", empty), "'empty'", "holds no file", "at least one file");
        Files.writeString(empty.resolve(".hidden"), "x");
        assertBadFile(() -> Registration.of("iris", empty), "'empty'", "holds no file");
    }

    @Test
    void linksThatLeadOutOfTheFolderOrNowhere() throws IOException {
        Path secret = Files.writeString(host.resolve("secret"), "x");
        Path folder = Files.createDirectories(host.resolve("model"));
        Files.writeString(folder.resolve("good"), "x");
        Path link = Files.createSymbolicLink(folder.resolve("file-link"), secret);
        assertBadFile(() -> Registration.of("iris", folder), "'file-link'", "leads out of the folder");
        Files.delete(link);
        Path up = Files.createSymbolicLink(folder.resolve("up"), Path.of(".."));
        assertBadFile(() -> Registration.of("iris", folder), "'up'");
        Files.delete(up);
        Path nowhere = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nothing"));
        assertBadFile(() -> Registration.of("iris", folder), "'dangling'", "cannot be read");
        Files.delete(nowhere);
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("."));
        assertBadFile(() -> Registration.of("iris", folder), "'loop'", "cannot be read");
        Files.delete(loop);
        Files.createSymbolicLink(folder.resolve("inside"), Path.of("good"));
        assertThat(registry.register(Registration.of("iris", folder).build())
                        .manifest()
                        .files())
                .hasSize(2);
    }

    @Test
    void filesThatCollide() {
        assertInvalid(
                () -> registry.register(Registration.of("iris")
                        .file("model.bin", bytes("a"))
                        .file("Model.bin", bytes("b"))
                        .build()),
                "file 'Model.bin'",
                "ignores case");
        assertInvalid(
                () -> registry.register(Registration.of("iris")
                        .file("a/b", bytes("a"))
                        .file("A", bytes("b"))
                        .build()),
                "file 'A'",
                "it is the folder of another file");
        assertInvalid(
                () -> registry.register(Registration.of("iris")
                        .file("A", bytes("a"))
                        .file("a/b", bytes("b"))
                        .build()),
                "file 'a/b'",
                "its folder is a file");
        assertInvalid(
                () -> Registration.of("iris", "model.onnx"),
                "'model.onnx'",
                "looks like the name of a file",
                "Path.of");
        assertBadFile(() -> Registration.of("iris").file("a", bytes("a")).file("a", bytes("b")), "'a'", "added twice");
    }

    @Test
    void pathsOutsideTheGrammar() {
        for (String bad : List.of(
                "../x",
                "/x",
                "a//b",
                "a\\b",
                "",
                "CON",
                "a/nul.txt",
                ".hidden",
                "a\u0000",
                "x".repeat(401),
                "a/",
                "caf\u00e9",
                "a b ",
                "C:x",
                "a%2fb")) {
            assertInvalid(() -> Registration.of("iris").file(bad, bytes("x")), "artifact path '");
        }
    }

    @Test
    void filesOnTheHostWhosePathsCannotBeStored() throws IOException {
        Path folder = Files.createDirectories(host.resolve("model"));
        Files.writeString(folder.resolve("caf\u00e9.bin"), "x");
        assertInvalid(() -> Registration.of("iris", folder), "artifact path 'caf\u00e9.bin'");
    }

    @Test
    void valuesThatCannotBeSaid() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertInvalid(
                    () -> Registration.of("iris").metric("accuracy", bad), "metric 'accuracy=" + bad, "not finite");
            assertInvalid(() -> FieldValue.of(bad), "not finite");
        }
        String half = "\uD800";
        assertInvalid(
                () -> registry.register(with().field("f", FieldValue.of(half)).build()), "surrogate");
        assertInvalid(
                () -> registry.register(
                        with().field("f", FieldValue.of(List.of(half))).build()),
                "surrogate");
        assertInvalid(
                () -> registry.register(with().field(half, FieldValue.of("x")).build()), "surrogate");
        assertInvalid(() -> registry.register(with().modelType(half).build()), "surrogate");
        assertInvalid(() -> registry.register(with().dependency(half).build()), "surrogate");
        assertInvalid(() -> registry.register(with().because(half).build()), "reason", "surrogate");
        assertInvalid(() -> registry.register(with().metric(half, 1).build()), "surrogate");
        assertInvalid(() -> registry.register(with().metric("", 1).build()), "metric name ''");
        assertInvalid(
                () -> registry.register(
                        with().field("f", FieldValue.of("x".repeat(70_000))).build()),
                "70000 characters");
        assertInvalid(
                () -> registry.register(with().field("f", FieldValue.of(List.of("x".repeat(70_000))))
                        .build()),
                "70000 characters");
        assertInvalid(
                () -> registry.register(with().training(t -> t.hyperparameter("h", FieldValue.of(half)))
                        .build()),
                "surrogate");
    }

    private static Registration.Builder with() {
        return Registration.of("iris").file("m", bytes("x"));
    }

    @Test
    void editsThatCannotBeSaid() {
        register("iris", "x");
        assertInvalid(
                () -> registry.edit("iris").facts(ExpectedRevision.any(), f -> f.withDescription("x".repeat(70_000))),
                "description");
        assertInvalid(
                () -> registry.edit("iris")
                        .overlay(ModelRef.parse("iris"), ExpectedRevision.any(), o -> o.withNotes("\uDC00")),
                "notes");
        assertInvalid(
                () -> registry.edit("iris")
                        .facts(
                                ExpectedRevision.any(),
                                f -> f.withFields(Map.of("f", FieldValue.of(List.of("\uDC00"))))),
                "surrogate");
    }

    @Test
    void aManifestThatIsTooLongForTheStore() {
        Registration.Builder huge = with();
        for (int i = 0; i < 400; i++) {
            huge.field("field " + i, FieldValue.of("\u0001".repeat(65_000)));
        }
        RegistryException refused = (RegistryException)
                org.assertj.core.api.Assertions.catchThrowable(() -> registry.register(huge.build()));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID);
        assertThat(refused).hasMessageContaining("iris").hasMessageContaining("expected at most");
        assertThat(fresh().findModel(name("iris"))).isEmpty();
    }

    @Test
    void changesOfWhatIsNotThereLeaveAnEmptyStoreEmpty() {
        assertMissing(() -> registry.promote("rose", Stage.PRODUCTION));
        assertMissing(() -> registry.rollback("rose", "why"));
        assertMissing(() -> registry.aliases("rose").set("champion", "1.0.0"));
        assertMissing(() -> registry.edit("rose").facts(ExpectedRevision.any(), f -> f));
        assertMissing(() -> registry.edit("rose").retire("why"));
        assertMissing(() -> registry.attachments("rose").add("scan", "text/plain", bytes("x")));
        assertThat(Snapshot.of(node).objects()).isEmpty();
    }

    private void assertMissing(ThrowingCallable call) {
        assertRefused(call, ModelNotFoundException.class, ErrorCode.NOT_FOUND, "rose");
    }
}
