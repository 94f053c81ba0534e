package io.modelregistry.storage.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.contract.Race;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Locks among nodes, class loaders and interrupts of one process. */
@Timeout(120)
class FileSystemLockTest {
    private static final StorageKey COUNTER = StorageKey.of("a/counter");

    @TempDir
    private Path root;

    private static int increment(StorageNode node) throws IOException {
        while (true) {
            try (OpenObject opened = node.open(COUNTER)) {
                int next = Integer.parseInt(new String(opened.stream().readAllBytes(), UTF_8)) + 1;
                node.write(
                        COUNTER,
                        Content.of(Integer.toString(next).getBytes(UTF_8)),
                        WriteCondition.ifMatches(opened.object().etag()));
                return next;
            } catch (WriteConflictException e) {
                Thread.onSpinWait();
            }
        }
    }

    private FileSystemStorageNode counting() throws IOException {
        FileSystemStorageNode node = FileSystemStorageNode.at(root);
        node.write(COUNTER, Content.of("0".getBytes(UTF_8)), WriteCondition.ifAbsent());
        return node;
    }

    private static String count(StorageNode node) throws IOException {
        return new String(node.readAll(COUNTER), UTF_8);
    }

    @Test
    void severalNodesOfOneProcessShareTheLocks() throws Exception {
        StorageNode node = counting();
        Race.of(4).run(thread -> {
            StorageNode own = FileSystemStorageNode.at(root);
            for (int i = 0; i < 30; i++) {
                increment(own);
            }
            return thread;
        });
        assertThat(count(node)).isEqualTo("120");
    }

    @Test
    void severalClassLoadersOfOneProcessShareTheLocks() throws Exception {
        StorageNode node = counting();
        Race.of(3).run(thread -> {
            try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
                Class<?> counting = loader.loadClass(Counting.class.getName());
                assertThat(counting).isNotSameAs(Counting.class);
                return ((Callable<?>) counting.getConstructor(String.class).newInstance(root.toString())).call();
            }
        });
        assertThat(count(node)).isEqualTo("90");
    }

    private static URL[] classPath() throws MalformedURLException {
        String classPath = System.getProperty("java.class.path");
        List<URL> urls = new ArrayList<>();
        for (String entry : Pattern.compile(File.pathSeparator, Pattern.LITERAL).split(classPath, -1)) {
            urls.add(new File(entry).toURI().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    /** Counts to thirty more. */
    public static final class Counting implements Callable<Integer> {
        private final String root;

        /** Counts in a node at a root. */
        public Counting(String root) {
            this.root = root;
        }

        @Override
        public Integer call() throws IOException {
            StorageNode node = FileSystemStorageNode.at(Path.of(root));
            for (int i = 0; i < 30; i++) {
                increment(node);
            }
            return 30;
        }
    }

    /**
     * An interrupt closes the channel that a thread is using; if that were a shared lock file, everybody's locks would
     * be gone.
     */
    @Test
    void interruptsLoseNoLockAndNoUpdate() throws Exception {
        StorageNode node = counting();
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicInteger interrupted = new AtomicInteger();
        Thread[] workers = new Thread[4];
        AtomicInteger running = new AtomicInteger(workers.length - 1);
        Race.of(workers.length).run(thread -> {
            if (thread == 0) {
                for (int next = 0; running.get() > 0; next++) {
                    Thread worker = workers[1 + next % (workers.length - 1)];
                    if (worker != null) {
                        worker.interrupt();
                    }
                    LockSupport.parkNanos(50_000);
                }
                return 0;
            }
            workers[thread] = Thread.currentThread();
            StorageNode own = thread == 1 ? node : FileSystemStorageNode.at(root);
            try {
                for (int tries = 0; tries < 100; tries++) {
                    try {
                        increment(own);
                        acknowledged.incrementAndGet();
                    } catch (StorageException e) {
                        assertThat(e).hasMessageContaining("'a/counter'").hasMessageContaining("interrupted");
                        interrupted.incrementAndGet();
                    } finally {
                        Thread.interrupted();
                    }
                }
                return 0;
            } finally {
                running.decrementAndGet();
            }
        });
        Thread.interrupted();
        assertThat(count(node)).isEqualTo(Integer.toString(acknowledged.get()));
        assertThat(interrupted.get()).as("interrupts that were felt").isPositive();
    }
}
