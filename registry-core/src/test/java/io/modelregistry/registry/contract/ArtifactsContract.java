package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What the files of a version promise. */
abstract class ArtifactsContract extends RegistrySubject {
    private static final ArtifactPath WEIGHTS = ArtifactPath.of("weights/model.bin");
    private static final StorageKey STORED = StorageKey.of("models/big/1.0.0/weights/model.bin");

    private final byte[] weights = new byte[300_000];

    private RegisteredVersion registerBig() {
        new Random(7).nextBytes(weights);
        return registry.register(Registration.of("big")
                .file(WEIGHTS.value(), weights)
                .file("empty", new byte[0])
                .build());
    }

    private void replace(StorageKey key, byte[] with) throws IOException {
        node.write(key, Content.of(with), WriteCondition.unconditional());
    }

    @Test
    void aFileIsStreamedAsItWasRegistered() throws IOException {
        registerBig();
        Artifacts artifacts = fresh().artifacts("big");
        try (InputStream in = artifacts.open(WEIGHTS)) {
            assertThat(in.readAllBytes()).isEqualTo(weights);
            assertThat(in.read()).isEqualTo(-1);
        }
        try (InputStream in = artifacts.open(ArtifactPath.of("empty"))) {
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(artifacts.files()).extracting(file -> file.path().value()).containsExactly("empty", WEIGHTS.value());
        assertRefused(
                () -> artifacts.open(ArtifactPath.of("other")),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "file 'other'",
                "'big:1.0.0'");
        assertRefused(() -> registry.artifacts("rose"), ModelNotFoundException.class, ErrorCode.NOT_FOUND, "'rose'");
        assertRefused(
                () -> registry.artifacts("big:2.0.0"),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'big:2.0.0'");
    }

    @Test
    void aDamagedFileFailsBeforeItsEndIsReported() throws IOException {
        registerBig();
        List<byte[]> damaged = new ArrayList<>();
        byte[] flipped = weights.clone();
        flipped[weights.length / 2] ^= 1;
        damaged.add(flipped);
        damaged.add(java.util.Arrays.copyOf(weights, weights.length - 1));
        damaged.add(java.util.Arrays.copyOf(weights, weights.length + 1));
        damaged.add(new byte[0]);
        for (byte[] bytes : damaged) {
            replace(STORED, bytes);
            try (InputStream in = fresh().artifacts("big").open(WEIGHTS)) {
                assertDamaged(in);
                assertThatThrownBy(in::read).isInstanceOf(IOException.class);
            }
            try (InputStream in = fresh().artifacts("big").open(WEIGHTS)) {
                assertThatThrownBy(() -> in.skip(Long.MAX_VALUE)).isInstanceOf(IOException.class);
            }
            assertRefused(
                    () -> fresh().artifacts("big").materialize(),
                    CorruptionException.class,
                    ErrorCode.UNTRUSTED,
                    "'" + STORED + "'",
                    "sealed");
        }
        node.delete(STORED);
        assertRefused(
                () -> fresh().artifacts("big").open(WEIGHTS).close(),
                CorruptionException.class,
                ErrorCode.UNTRUSTED,
                "'" + STORED + "'",
                "it is missing");
        assertRefused(
                () -> fresh().artifacts("big").materialize(),
                CorruptionException.class,
                ErrorCode.UNTRUSTED,
                "'" + STORED + "'",
                "it is missing");
    }

    private static void assertDamaged(InputStream in) {
        IOException damaged = catchThrowableOfType(IOException.class, in::readAllBytes);
        assertThat(damaged).hasMessageContaining("Cannot trust '").hasCauseInstanceOf(CorruptionException.class);
    }

    @Test
    void aDamagedAttachmentFailsBeforeItsEndIsReported() throws IOException {
        RegisteredVersion version = registerBig();
        Attachment attachment = registry.attachments(version.ref()).add("scan", "text/plain", bytes("all is well"));
        StorageKey key =
                StorageKey.of("models/big/1.0.0_att/scan/" + attachment.digest().hex());
        replace(key, bytes("all is good"));
        try (InputStream in = fresh().attachments(version.ref()).open(attachment)) {
            assertDamaged(in);
        }
        node.delete(key);
        assertRefused(
                () -> fresh().attachments(version.ref()).open(attachment).close(),
                CorruptionException.class,
                ErrorCode.UNTRUSTED,
                "'" + key + "'",
                "it is missing");
    }

    @Test
    void aFolderHoldsExactlyTheFilesAndIsTheSameEachTime() throws Exception {
        registerBig();
        ModelRegistry one = fresh();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Callable<Path> call = () -> one.artifacts("big").materialize();
            List<Path> folders = new ArrayList<>();
            for (Future<Path> future : pool.invokeAll(List.of(call, call, call, call))) {
                folders.add(future.get());
            }
            assertThat(folders).containsOnly(folders.get(0));
            assertThat(contents(folders.get(0))).containsExactly("empty", WEIGHTS.value());
            assertThat(folders.get(0).resolve(WEIGHTS.value())).hasBinaryContent(weights);
        } finally {
            pool.shutdownNow();
        }
    }

    protected static List<String> contents(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aForeignFileInTheStoredFolderIsNotHandedOut() throws IOException {
        registerBig();
        replace(StorageKey.of("models/big/1.0.0/evil.py"), bytes("import os"));
        ModelRegistry one = fresh();
        Path folder = one.artifacts("big").materialize();
        assertThat(contents(folder)).containsExactly("empty", WEIGHTS.value());
        assertThat(folder.resolve(WEIGHTS.value())).hasBinaryContent(weights);
        one.close();
        assertThat(folder).doesNotExist();
        assertThat(node.find(STORED)).isPresent();
    }

    @Test
    void aTemporaryCopyThatSomebodyCleanedUpOrChangedIsMadeAgain() throws IOException {
        registerBig();
        replace(StorageKey.of("models/big/1.0.0/evil.py"), bytes("import os")); // So that a copy is used everywhere.
        ModelRegistry one = fresh();
        Path folder = one.artifacts("big").materialize();
        Files.delete(folder.resolve(WEIGHTS.value()));
        assertThat(one.artifacts("big").materialize().resolve(WEIGHTS.value())).hasBinaryContent(weights);
        Files.write(folder.resolve(WEIGHTS.value()), new byte[weights.length]);
        assertThat(one.artifacts("big").materialize().resolve(WEIGHTS.value())).hasBinaryContent(weights);
        one.close();
        assertThat(folder).doesNotExist();
    }

    @Test
    void aDamageThatWasMendedIsForgotten() throws IOException {
        registerBig();
        ModelRegistry one = fresh();
        replace(STORED, new byte[3]);
        assertThatThrownBy(() -> one.artifacts("big").materialize()).isInstanceOf(CorruptionException.class);
        replace(STORED, weights);
        assertThat(one.artifacts("big").materialize().resolve(WEIGHTS.value())).hasBinaryContent(weights);
    }

    @Test
    void afterCloseEveryCallFails() throws IOException {
        registerBig();
        ModelRegistry one = fresh();
        Artifacts artifacts = one.artifacts("big");
        one.close();
        one.close();
        assertClosed(() -> artifacts.open(WEIGHTS));
        assertClosed(artifacts::materialize);
        assertClosed(() -> one.get("big"));
        assertClosed(() -> one.resolve("big"));
        assertClosed(() -> one.getModel("big"));
        assertClosed(() -> one.register(registration("big", "x")));
        assertClosed(() -> one.upload(registration("big", "x")));
        assertClosed(() -> one.models(io.modelregistry.registry.ModelQuery.all()));
        assertClosed(() -> one.versions(name("big"), io.modelregistry.registry.VersionQuery.all()));
        assertClosed(() -> one.best("big", "x"));
        assertClosed(() -> one.aliases("big").all());
        assertClosed(() -> one.aliases("big").set("x", "1.0.0"));
        assertClosed(() -> one.history("big").all());
        assertClosed(() -> one.history("big").watch(0, java.time.Duration.ofSeconds(1), e -> {}));
        assertClosed(() -> one.edit("big").retire("x"));
        assertClosed(() -> one.attachments("big").all());
        assertClosed(() -> one.promote("big", io.modelregistry.lifecycle.Stage.STAGING));
        assertClosed(() -> one.rollback("big", "x"));
        assertClosed(() -> one.rollbackTargets(name("big")));
        assertClosed(() -> one.load("big", byte[].class));
        assertThat(node.find(STORED)).isPresent();
    }

    private static void assertClosed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(RegistryClosedException.class).hasMessageContaining("closed");
    }
}
