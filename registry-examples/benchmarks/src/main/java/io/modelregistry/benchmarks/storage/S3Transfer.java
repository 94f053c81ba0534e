package io.modelregistry.benchmarks.storage;

import com.sun.management.OperatingSystemMXBean;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.s3.S3StorageNode;
import io.modelregistry.storage.s3.TransferListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/**
 * Moving a large file to a bucket and back, checked by SHA-256, against the SDK's own transfer of the same file with
 * its SHA-256 checksum. Wall time, and the processor time of this process. Arguments: the endpoint, a folder for the
 * file, mebibytes, rounds, and {@code when-required} for a server that knows no checksum headers (Ceph RGW before 19).
 * There the SDK's upload is checked by the SHA-256 of the payload that its signature covers over plain HTTP, and its
 * download is hashed as it streams, which is what the SDK does itself where the server gives the checksum. Credentials
 * come from the SDK's usual chain. Run it with -Xmx128m.
 */
public final class S3Transfer {
    private static final String BUCKET = "benchmark";
    private static final StorageKey KEY = StorageKey.of("ours/large.bin");
    private static final int BUFFER = 256 << 10;
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final LastPart LAST_PART = new LastPart();

    private final Path source;
    private final Path target;
    private final S3Client sdk;
    private final StorageNode node;
    private final boolean hasChecksums;

    private S3Transfer(Path folder, S3Client sdk, StorageNode node, boolean hasChecksums) {
        source = folder.resolve("source.bin");
        target = folder.resolve("target.bin");
        this.sdk = sdk;
        this.node = node;
        this.hasChecksums = hasChecksums;
    }

    /** Runs the measurements. */
    public static void main(String[] arguments) throws IOException {
        URI endpoint = URI.create(arguments[0]);
        Path folder = Files.createTempDirectory(Path.of(arguments[1]), "transfer");
        int mebibytes = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        boolean hasChecksums = arguments.length < 5 || !arguments[4].equals("when-required");
        try (S3Client sdk = S3Client.builder()
                        .endpointOverride(endpoint)
                        .forcePathStyle(true)
                        .region(Region.US_EAST_1)
                        .requestChecksumCalculation(
                                hasChecksums
                                        ? RequestChecksumCalculation.WHEN_SUPPORTED
                                        : RequestChecksumCalculation.WHEN_REQUIRED)
                        .httpClientBuilder(Apache5HttpClient.builder())
                        .build();
                StorageNode node = S3StorageNode.bucket(BUCKET)
                        .endpoint(endpoint)
                        .pathStyle()
                        .listener(LAST_PART)
                        .checksums(
                                hasChecksums
                                        ? io.modelregistry.storage.s3.ChecksumMode.WHEN_SUPPORTED
                                        : io.modelregistry.storage.s3.ChecksumMode.WHEN_REQUIRED)
                        .build()) {
            try {
                sdk.createBucket(request -> request.bucket(BUCKET));
            } catch (BucketAlreadyOwnedByYouException e) {
                System.out.println("using the bucket of an earlier run");
            }
            S3Transfer transfer = new S3Transfer(folder, sdk, node, hasChecksums);
            transfer.run(System.out, mebibytes, rounds);
        } finally {
            Files.deleteIfExists(folder.resolve("source.bin"));
            Files.deleteIfExists(folder.resolve("target.bin"));
            Files.deleteIfExists(folder);
        }
    }

    private void run(PrintStream out, int mebibytes, int rounds) throws IOException {
        Digest digest = fill(mebibytes);
        Ratios up = new Ratios(rounds);
        Ratios down = new Ratios(rounds);
        for (int round = 0; round < rounds; round++) {
            Cost sdkUp = cost(this::sdkUpload);
            Cost ourUp = cost(() -> node.write(KEY, Content.of(source), WriteCondition.unconditional()));
            double completing = LAST_PART.secondsSince();
            Cost sdkDown = cost(() -> sdkDownload(digest));
            Cost ourDown = cost(() -> download(node.open(KEY).stream(), digest));
            up.add(round, sdkUp, ourUp);
            down.add(round, sdkDown, ourDown);
            out.printf(
                    Locale.ROOT,
                    "  round %s: up SDK %s, ours %s, of which %.2f s after the last part was there%n",
                    round + 1,
                    sdkUp,
                    ourUp,
                    completing);
            out.printf(Locale.ROOT, "  round %s: down SDK %s, ours %s%n", round + 1, sdkDown, ourDown);
        }
        out.printf(
                Locale.ROOT,
                "%s MiB, heap %s MiB; SDK / ours%n",
                mebibytes,
                Runtime.getRuntime().maxMemory() >> 20);
        out.println("  up: " + up);
        out.println("  down: " + down);
    }

    private void sdkUpload() {
        sdk.putObject(
                request -> {
                    request.bucket(BUCKET).key("sdk/large.bin");
                    if (hasChecksums) {
                        request.checksumAlgorithm(ChecksumAlgorithm.SHA256);
                    }
                },
                RequestBody.fromFile(source));
    }

    private void sdkDownload(Digest expected) throws IOException {
        if (hasChecksums) {
            Files.deleteIfExists(target);
            sdk.getObject(
                    request -> request.bucket(BUCKET).key("sdk/large.bin").checksumMode(ChecksumMode.ENABLED), target);
        } else {
            download(sdk.getObject(request -> request.bucket(BUCKET).key("sdk/large.bin")), expected);
        }
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
    private void download(InputStream from, Digest expected) throws IOException {
        Files.deleteIfExists(target);
        Digest.Hasher hasher = Digest.hasher();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = from;
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

    private static Cost cost(Step step) throws IOException {
        long begun = System.nanoTime();
        long before = PROCESS.getProcessCpuTime();
        step.run();
        return new Cost((System.nanoTime() - begun) / 1e9, (PROCESS.getProcessCpuTime() - before) / 1e9);
    }

    /** When the store had all bytes: what comes after is how long it takes to make an object of them. */
    private static final class LastPart implements TransferListener {
        private volatile long arrived;

        @Override
        public void uploaded(StorageKey key, long bytes, long total) {
            arrived = System.nanoTime();
        }

        double secondsSince() {
            return (System.nanoTime() - arrived) / 1e9;
        }
    }

    /** Seconds. */
    private record Cost(double wall, double processor) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f s (processor %.2f s)", wall, processor);
        }
    }

    /** How many times as fast, and as cheap, as the SDK, round by round. */
    private static final class Ratios {
        private final double[] wall;
        private final double[] processor;

        Ratios(int rounds) {
            wall = new double[rounds];
            processor = new double[rounds];
        }

        void add(int round, Cost sdk, Cost ours) {
            wall[round] = sdk.wall / ours.wall;
            processor[round] = sdk.processor / ours.processor;
        }

        @Override
        public String toString() {
            return "time " + spread(wall) + ", processor " + spread(processor);
        }

        private static String spread(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return String.format(
                    Locale.ROOT,
                    "%.2f (%.2f to %.2f)",
                    sorted[sorted.length / 2],
                    sorted[0],
                    sorted[sorted.length - 1]);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
