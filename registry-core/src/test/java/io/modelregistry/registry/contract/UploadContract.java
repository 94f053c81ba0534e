package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.model.Manifest;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.registry.InvalidArtifactException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.registry.RetiredModelException;
import io.modelregistry.registry.Upload;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.registry.VersionExistsException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an upload in several calls promises. */
abstract class UploadContract extends RegistrySubject {
    private static ArtifactSource source(String path, String content) {
        return ArtifactSource.of(ArtifactPath.of(path), bytes(content));
    }

    @Test
    void isVisibleWhenItIsSealedAndNotBefore() {
        try (Upload upload = registry.upload(Registration.of("big")
                .file("first.bin", bytes("0"))
                .metric("accuracy", 0.5)
                .build())) {
            upload.add(source("a/b.bin", "1")).add(source("c.bin", "2"));
            assertThat(fresh().findModel(name("big"))).isEmpty();
            RegisteredVersion sealed = upload.seal();
            assertThat(sealed.manifest().files())
                    .extracting(file -> file.path().value())
                    .containsExactly("a/b.bin", "c.bin", "first.bin");
            assertThat(sealed.manifest().metrics()).containsEntry("accuracy", 0.5);
        }
        assertThat(fresh().resolve("big").version()).hasToString("1.0.0");
    }

    @Test
    void twoUploadsAtOnceGetTwoVersions() {
        try (Upload one = registry.upload(Registration.of("big").build());
                Upload two = fresh().upload(Registration.of("big").build())) {
            one.add(source("m", "one"));
            two.add(source("m", "two"));
            assertThat(two.seal().version()).hasToString("1.0.1");
            assertThat(one.seal().version()).hasToString("1.0.0");
        }
    }

    @Test
    void ofTwoUploadsOfOneVersionTheFirstToSealWins() {
        try (Upload one =
                        registry.upload(Registration.of("big").version("1.0.0").build());
                Upload two =
                        fresh().upload(Registration.of("big").version("1.0.0").build());
                Upload same =
                        fresh().upload(Registration.of("big").version("1.0.0").build())) {
            one.add(source("m", "one"));
            two.add(source("m", "two"));
            same.add(source("m", "two"));
            RegisteredVersion winner = two.seal();
            assertThatThrownBy(one::seal)
                    .isInstanceOf(VersionExistsException.class)
                    .hasMessageContaining("'big:1.0.0'")
                    .hasMessageContaining("differs in file m");
            assertThat(same.seal()).isEqualTo(winner);
        }
    }

    @Test
    void givingUpLeavesNothingVisibleAndTheVersionFree() {
        try (Upload upload =
                registry.upload(Registration.of("big").version("1.0.0").build())) {
            upload.add(source("m", "one"));
        }
        assertThat(fresh().findModel(name("big"))).isEmpty();
        assertThat(register("big", "1.0.0", "other").version()).hasToString("1.0.0");
    }

    @Test
    void aPathIsTakenOnceWhateverItsCase() {
        try (Upload upload = registry.upload(Registration.of("big").build())) {
            upload.add(source("a/m.bin", "one"));
            assertRefused(
                    () -> upload.add(source("a/m.bin", "two")),
                    InvalidArtifactException.class,
                    ErrorCode.INVALID,
                    "'a/m.bin'",
                    "added before");
            assertRefused(
                    () -> upload.add(source("A/m.bin", "two")),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "'A/m.bin'",
                    "ignores case");
            assertRefused(
                    () -> upload.add(source("a", "two")),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "it is the folder of another file");
            assertThat(upload.seal().manifest().files()).hasSize(1);
        }
    }

    @Test
    void publishesTheSealedVersionThatItStepsOver() throws IOException {
        register("big", "1.0.0", "a");
        StorageKey head = StorageKey.of("models/big/_model.json");
        byte[] before = node.readAll(head);
        register("big", "1.0.1", "b");
        node.write(head, Content.of(before), WriteCondition.unconditional());
        try (Upload upload = fresh().upload(Registration.of("big").build())) {
            upload.add(source("m", "c"));
            assertThat(upload.seal().version()).hasToString("1.0.2");
        }
        assertThat(versionsOf(fresh(), "big")).containsExactly("1.0.2", "1.0.1", "1.0.0");
    }

    @Test
    void isNotSealedIntoAModelThatWasRetiredMeanwhile() {
        register("big", "1.0.0", "a");
        try (Upload upload = registry.upload(Registration.of("big").build())) {
            upload.add(source("m", "b"));
            fresh().edit("big").retire("over");
            assertRefused(upload::seal, RetiredModelException.class, ErrorCode.ILLEGAL_TRANSITION, "'big'");
            fresh().edit("big").restore("again");
            assertThat(upload.seal().version()).hasToString("1.0.1");
        }
    }

    @Test
    void isLabelledByWhatWasUploadedWhateverBecomesOfTheHostsFile(@TempDir Path host) throws IOException {
        Path part = Files.write(host.resolve("part.tmp"), new byte[] {(byte) 0x80, 4, 'K', 1, '.'});
        try (Upload upload = registry.upload(Registration.of("big").build())) {
            upload.add(ArtifactSource.of(ArtifactPath.of("m.pkl"), part));
            Files.writeString(part, "{\"a\":1}");
            upload.add(ArtifactSource.of(ArtifactPath.of("config.json"), part));
            Files.delete(part);
            Manifest manifest = upload.seal().manifest();
            assertThat(manifest.format().framework()).isEqualTo(Framework.PICKLE);
            assertThat(manifest.format().safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        }
    }

    @Test
    void keepsTheLimits() {
        ModelRegistry limited =
                opened(ModelRegistries.builder(node).leaveNodeOpen().limits(new UploadLimits(4, 2, 6)));
        try (Upload upload = limited.upload(Registration.of("big").build())) {
            upload.add(source("a", "1234"));
            assertRefused(
                    () -> upload.add(source("b", "12345")),
                    InvalidArtifactException.class,
                    ErrorCode.INVALID,
                    "'b'",
                    "at most 4");
            assertRefused(
                    () -> upload.add(source("b", "123")),
                    InvalidArtifactException.class,
                    ErrorCode.INVALID,
                    "at most 6");
            upload.add(source("b", "12"));
            assertRefused(
                    () -> upload.add(source("c", "")), InvalidArtifactException.class, ErrorCode.INVALID, "at most 2");
        }
    }

    @Test
    void isOverWhenItIsSealedOrClosed() {
        Upload upload = registry.upload(Registration.of("big").build());
        assertThatThrownBy(upload::seal)
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("'big'")
                .hasMessageContaining("nothing was uploaded");
        upload.add(source("m", "one"));
        upload.seal();
        assertThatThrownBy(upload::seal).isInstanceOf(RegistryClosedException.class);
        assertThatThrownBy(() -> upload.add(source("n", "two"))).isInstanceOf(RegistryClosedException.class);
        upload.close();
        upload.close();
        assertThat(versionsOf(registry, "big")).containsExactly("1.0.0");
    }
}
