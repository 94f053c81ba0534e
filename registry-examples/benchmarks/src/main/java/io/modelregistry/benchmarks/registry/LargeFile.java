package io.modelregistry.benchmarks.registry;

import io.modelregistry.ModelRegistries;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.fs.FileSystemStorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;

/**
 * Storing a large file with its digest, against a plain copy that hashes on its way and forces as much; and checking it
 * when it is loaded, the first and the second time. Arguments: a folder on the disk to be measured, mebibytes, rounds.
 * Run it with -Xmx64m.
 */
public final class LargeFile {
    private static final int BUFFER = 256 << 10;

    private LargeFile() {}

    /** Runs the measurements. */
    public static void main(String[] arguments) throws IOException {
        Path parent = arguments.length > 0 ? Path.of(arguments[0]) : Path.of(System.getProperty("java.io.tmpdir"));
        int mebibytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1024;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
        Path folder = Files.createTempDirectory(parent, "large");
        try {
            run(System.out, folder, mebibytes, rounds);
        } finally {
            RegistryGrowth.delete(folder);
        }
    }

    private static void run(PrintStream out, Path folder, int mebibytes, int rounds) throws IOException {
        Path source = folder.resolve("source.bin");
        fill(source, mebibytes);
        double[] plain = new double[rounds];
        double[] stored = new double[rounds];
        double[] first = new double[rounds];
        double[] second = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            Path copy = folder.resolve("copies" + round);
            Files.createDirectories(copy);
            plain[round] = seconds(() -> hashWhileCopy(source, copy));
            RegistryGrowth.delete(copy);
            Path root = folder.resolve("registry" + round);
            try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(root))) {
                stored[round] = seconds(
                        () -> registry.register(Registration.of("large", source).build()));
                first[round] = seconds(() -> registry.artifacts("large").materialize());
                second[round] = seconds(() -> registry.artifacts("large").materialize());
            }
            RegistryGrowth.delete(root);
            out.printf(
                    Locale.ROOT,
                    "  round %s: plain %.2f s, registered %.2f s (%.2f x), loaded first %.3f s, second %.6f s%n",
                    round + 1,
                    plain[round],
                    stored[round],
                    stored[round] / plain[round],
                    first[round],
                    second[round]);
        }
        out.printf(
                Locale.ROOT,
                "%s MiB, heap %s MiB, medians: registered %.2f x of hash-while-copy; second load %.4f %% of the first%n",
                mebibytes,
                Runtime.getRuntime().maxMemory() >> 20,
                median(stored) / median(plain),
                100 * median(second) / median(first));
    }

    private static void fill(Path file, int mebibytes) throws IOException {
        byte[] block = new byte[1 << 20];
        Random random = new Random(7);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < mebibytes; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }

    /** What a careful person writes by hand: temporary file, forced, renamed, folder forced. */
    private static void hashWhileCopy(Path source, Path folder) throws IOException {
        MessageDigest digest = sha256();
        Path temporary = folder.resolve("temporary");
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(source);
                FileChannel out =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        }
        Files.move(
                temporary, folder.resolve(HexFormat.of().formatHex(digest.digest())), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long begun = System.nanoTime();
        work.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
