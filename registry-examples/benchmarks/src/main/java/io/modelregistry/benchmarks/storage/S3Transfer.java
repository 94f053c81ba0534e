package io.modelregistry.benchmarks.storage;

import io.modelregistry.model.Digest;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.s3.S3StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/**
 * Moving a large file to a bucket and back, checked by SHA-256, against the SDK's own transfer of the same file with
 * its SHA-256 checksum. Arguments: the endpoint, a folder for the file, mebibytes, rounds. Credentials come from the
 * SDK's usual chain. Run it with -Xmx128m.
 */
public final class S3Transfer {
    private static final String BUCKET = "benchmark";
    private static final StorageKey KEY = StorageKey.of("ours/large.bin");
    private static final int BUFFER = 256 << 10;

    private final Path source;
    private final Path target;
    private final S3Client sdk;
    private final StorageNode node;

    private S3Transfer(Path folder, S3Client sdk, StorageNode node) {
        source = folder.resolve("source.bin");
        target = folder.resolve("target.bin");
        this.sdk = sdk;
        this.node = node;
    }

    /** Runs the measurements. */
    public static void main(String[] arguments) throws IOException {
        URI endpoint = URI.create(arguments[0]);
        Path folder = Files.createTempDirectory(Path.of(arguments[1]), "transfer");
        int mebibytes = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        try (S3Client sdk = S3Client.builder()
                        .endpointOverride(endpoint)
                        .forcePathStyle(true)
                        .region(Region.US_EAST_1)
                        .httpClientBuilder(Apache5HttpClient.builder())
                        .build();
                StorageNode node = S3StorageNode.bucket(BUCKET)
                        .endpoint(endpoint)
                        .pathStyle()
                        .build()) {
            try {
                sdk.createBucket(request -> request.bucket(BUCKET));
            } catch (BucketAlreadyOwnedByYouException e) {
                System.out.println("using the bucket of an earlier run");
            }
            S3Transfer transfer = new S3Transfer(folder, sdk, node);
            transfer.run(System.out, mebibytes, rounds);
        } finally {
            Files.deleteIfExists(folder.resolve("source.bin"));
            Files.deleteIfExists(folder.resolve("target.bin"));
            Files.deleteIfExists(folder);
        }
    }

    private void run(PrintStream out, int mebibytes, int rounds) throws IOException {
        Digest digest = fill(mebibytes);
        double[] up = new double[rounds];
        double[] down = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double sdkUp = seconds(() -> sdk.putObject(
                    request -> request.bucket(BUCKET).key("sdk/large.bin").checksumAlgorithm(ChecksumAlgorithm.SHA256),
                    RequestBody.fromFile(source)));
            double ourUp = seconds(() -> node.write(KEY, Content.of(source), WriteCondition.unconditional()));
            double sdkDown = seconds(() -> {
                Files.deleteIfExists(target);
                sdk.getObject(
                        request -> request.bucket(BUCKET).key("sdk/large.bin").checksumMode(ChecksumMode.ENABLED),
                        target);
            });
            double ourDown = seconds(() -> download(digest));
            up[round] = sdkUp / ourUp;
            down[round] = sdkDown / ourDown;
            out.printf(
                    Locale.ROOT,
                    "  round %s: up SDK %.2f s, ours %.2f s (%.2f x as fast); down SDK %.2f s, ours %.2f s (%.2f x)%n",
                    round + 1,
                    sdkUp,
                    ourUp,
                    up[round],
                    sdkDown,
                    ourDown,
                    down[round]);
        }
        Arrays.sort(up);
        Arrays.sort(down);
        out.printf(
                Locale.ROOT,
                "%s MiB, heap %s MiB, medians: up %.2f x, down %.2f x as fast as the SDK%n",
                mebibytes,
                Runtime.getRuntime().maxMemory() >> 20,
                up[rounds / 2],
                down[rounds / 2]);
    }

    private Digest fill(int mebibytes) throws IOException {
        byte[] block = new byte[1 << 20];
        Random random = new Random(42);
        Digest.Hasher hasher = Digest.hasher();
        try (OutputStream out = Files.newOutputStream(source)) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(block);
                hasher.update(block, 0, block.length);
                out.write(block);
            }
        }
        return hasher.finish();
    }

    /** What a cache does: the bytes are hashed on their way to the disk. */
    private void download(Digest expected) throws IOException {
        Files.deleteIfExists(target);
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[BUFFER];
        try (OpenObject object = node.open(KEY);
                InputStream in = object.stream();
                OutputStream out = Files.newOutputStream(target)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        }
        if (!hasher.finish().equals(expected)) {
            throw new IOException("The file came back changed");
        }
    }

    private static double seconds(Step step) throws IOException {
        long begun = System.nanoTime();
        step.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
