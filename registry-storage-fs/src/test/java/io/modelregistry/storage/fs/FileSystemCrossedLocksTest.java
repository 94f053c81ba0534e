package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes hold a lock each and wait in another thread for the other's: the kernel takes that for a deadlock. */
@Timeout(60)
class FileSystemCrossedLocksTest {
    @TempDir
    private Path folder;

    /** The other process: holds {@code y}, asks for {@code x} when told to, and lets go of {@code y} when told to. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            DiskOperations disk = new DiskOperations();
            Thread asking = new Thread(() -> ask(disk, folder.resolve("x")));
            disk.underLock(folder.resolve("y"), () -> {
                say("holds y");
                System.in.read();
                asking.start();
                return System.in.read();
            });
            asking.join();
        }

        private static void ask(DiskOperations disk, Path lock) {
            try {
                say("asks for x");
                disk.underLock(lock, () -> "x");
                say("had x");
            } catch (IOException e) {
                say("was refused x: " + e.getMessage());
            }
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    @Test
    void crossedLocksOfTwoProcessesAreNoDeadlock() throws Exception {
        DiskOperations disk = new DiskOperations();
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        Process other = start();
        try (BufferedReader says =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(says.readLine()).isEqualTo("holds y");
            Future<Boolean> x = pool.submit(() -> disk.underLock(folder.resolve("x"), () -> hold(holding, release)));
            holding.await();
            Future<String> y = pool.submit(() -> disk.underLock(folder.resolve("y"), () -> "had y"));
            tell(other);
            assertThat(says.readLine()).isEqualTo("asks for x");
            await().during(Duration.ofMillis(300)).until(() -> !y.isDone() && !says.ready());

            release.countDown();
            assertThat(x.get()).isTrue();
            assertThat(says.readLine()).isEqualTo("had x");
            tell(other);
            assertThat(y.get()).isEqualTo("had y");
            assertThat(other.waitFor()).isZero();
        } finally {
            release.countDown();
            pool.shutdownNow();
            other.toHandle().destroyForcibly();
        }
    }

    private static boolean hold(CountDownLatch holding, CountDownLatch release) {
        holding.countDown();
        try {
            release.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void tell(Process other) throws IOException {
        other.getOutputStream().write('\n');
        other.getOutputStream().flush();
    }

    private Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
