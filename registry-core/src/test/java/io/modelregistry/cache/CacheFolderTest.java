package io.modelregistry.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which folders a cache accepts, and how it leaves them. */
class CacheFolderTest extends CacheSubject {
    private static final int SIZE = 1000;

    @BeforeEach
    void fill() {
        register("iris", "1.0.0", SIZE);
    }

    private static void assumePosix() {
        assumeTrue(
                Path.of(".").getFileSystem().supportedFileAttributeViews().contains("unix"),
                "the file system has no POSIX permissions");
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private void refusedFolder(ErrorCode code, String... words) {
        LocalCacheException refused = refused(() -> open(), LocalCacheException.class, code, words);
        assertThat(refused).hasMessageContaining("the local cache '" + folder());
        assertThat(transfers()).isEmpty();
    }

    @Test
    void aNewFolderAndAllInItIsForItsOwnerAlone() throws IOException {
        assumePosix();
        open().artifacts("iris").materialize();
        try (var all = Files.walk(folder())) {
            for (Path path : all.toList()) {
                int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
                if (Files.isDirectory(path)) {
                    assertThat(mode & 0777).as(path.toString()).isEqualTo(0700);
                }
            }
        }
        assertThat(Files.getPosixFilePermissions(files("contents").get(0)))
                .isEqualTo(PosixFilePermissions.fromString("r--------"));
    }

    @Test
    void aFolderThatOthersCanWriteIsRefused() throws IOException {
        assumePosix();
        for (String permissions : new String[] {"rwxrwx---", "rwxrwxrwx", "rwx----w-"}) {
            Files.createDirectories(folder());
            permit(folder(), permissions);
            refusedFolder(ErrorCode.DENIED, "other users can write", "chmod 700");
            assertThat(folder()).isEmptyDirectory();
        }
        permit(folder(), "rwxr-xr-x");
        open().artifacts("iris").materialize();
    }

    @Test
    void aPartOfTheFolderThatOthersCanWriteIsRefused() throws IOException {
        assumePosix();
        open().close();
        permit(folder().resolve("documents"), "rwxrwxrwx");
        refusedFolder(ErrorCode.DENIED, "other users can write 'documents'");
    }

    @Test
    void aFolderInOneThatEverybodyCanWriteIsRefused() throws IOException {
        assumePosix();
        Path shared = Files.createDirectory(temporary.resolve("shared"));
        permit(shared, "rwxrwxrwx");
        LocalCache cache = LocalCache.at(shared.resolve("cache"));
        refused(() -> open(cache), LocalCacheException.class, ErrorCode.DENIED, "in its parent", "sticky bit");
        Files.setAttribute(shared, "unix:mode", 01777);
        open(cache).artifacts("iris").materialize();
    }

    @Test
    void aFolderOfAnotherUserIsRefusedAlsoBehindALink() throws IOException {
        assumePosix();
        Path foreign = Files.createDirectory(temporary.resolve("foreign"));
        try {
            Files.setAttribute(foreign, "unix:uid", 12345);
        } catch (IOException e) {
            assumeTrue(false, "only root can give a folder away");
        }
        Path link = Files.createSymbolicLink(temporary.resolve("link"), foreign);
        for (Path folder : new Path[] {foreign, link}) {
            refused(
                    () -> open(LocalCache.at(folder)),
                    LocalCacheException.class,
                    ErrorCode.DENIED,
                    "belongs to another user (uid 12345)",
                    "the user of this process");
        }
        assertThat(foreign).isEmptyDirectory();
    }

    @Test
    void aLinkToAFolderOfOneselfIsFollowed() throws IOException {
        Path own = Files.createDirectory(temporary.resolve("own"));
        if (own.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            permit(own, "rwx------");
        }
        Path link = Files.createSymbolicLink(temporary.resolve("link"), own);
        open(LocalCache.at(link)).artifacts("iris").materialize();
        assertThat(own.resolve("contents")).isNotEmptyDirectory();
    }

    @Test
    void whatIsNoCacheIsRefusedAndLeftAlone() throws IOException {
        Files.createDirectories(folder());
        if (folder().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            permit(folder(), "rwx------");
        }
        Files.writeString(folder().resolve("thesis.txt"), "years of work");
        refusedFolder(ErrorCode.INVALID, "it is not a cache and holds 'thesis.txt'", "a folder of its own");
        Files.delete(folder().resolve("thesis.txt"));
        Files.writeString(folder().resolve("format"), "something else");
        refusedFolder(ErrorCode.INVALID, "its file 'format' does not say");
        Files.delete(folder().resolve("format"));
        Files.delete(folder());
        Files.writeString(folder(), "a file");
        refusedFolder(ErrorCode.INVALID, "not a folder");
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Files.writeString(temporary.resolve("file"), "");
        LocalCache cache = LocalCache.at(temporary.resolve("file").resolve("cache"));
        refused(() -> open(cache), LocalCacheException.class, ErrorCode.UNAVAILABLE, "file");
    }

    @Test
    void aRefusedFolderClosesTheNodeThatTheRegistryWouldOwn() throws IOException {
        Files.writeString(folder(), "a file");
        AtomicInteger closed = new AtomicInteger();
        ForwardingNode node = new ForwardingNode(new InMemoryStorageNode()) {
            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        refused(
                () -> ModelRegistries.builder(node).cache(cache()).open(),
                LocalCacheException.class,
                ErrorCode.INVALID);
        assertThat(closed).hasValue(1);
        refused(
                () -> ModelRegistries.builder(node)
                        .leaveNodeOpen()
                        .cache(cache())
                        .open(),
                LocalCacheException.class,
                ErrorCode.INVALID);
        assertThat(closed).hasValue(1);
        Files.delete(folder());
        ModelRegistries.builder(node).leaveNodeOpen().cache(cache()).open().close();
        assertThat(closed).hasValue(1);
        ModelRegistries.builder(node).cache(cache()).open().close();
        assertThat(closed).hasValue(2);
    }

    @Test
    void whatDeadProcessesLeftIsSweptAndWhatLiveOnesHaveStays() throws IOException {
        open().close();
        Path sessions = folder().resolve("sessions");
        Path dead = Files.createDirectory(sessions.resolve("1-2-dead"));
        Files.createFile(sessions.resolve("1-2-dead.lock"));
        Files.write(Files.createDirectory(dead.resolve("filling")).resolve("9~x~y"), new byte[9]);
        Files.createDirectory(sessions.resolve("1-2-unlocked"));
        Files.createFile(sessions.resolve("1-2-unbegun.lock"));
        ProcessHandle self = ProcessHandle.current();
        long start =
                self.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
        Path own = Files.createDirectory(sessions.resolve(self.pid() + "-" + start + "-other"));
        Path ownLock = Files.createFile(sessions.resolve(own.getFileName() + ".lock"));
        try (FileChannel channel = FileChannel.open(ownLock, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            ModelRegistry registry = open();
            registry.artifacts("iris").materialize();
            assertThat(lock.isValid()).isTrue();
            assertThat(files("sessions")).noneMatch(file -> file.toString().contains("1-2-"));
            assertThat(dead).doesNotExist();
            assertThat(own).exists();
        }
    }

    @Test
    void aBoundIsPositive() {
        refused(() -> cache().maxBytes(0), InvalidValueException.class, ErrorCode.INVALID, "bound of the cache", "'0'");
    }

    @Test
    void aCacheSaysHowItIsUsed() {
        LocalCache cache = cache().maxBytes(7).offline(Offline.SERVE_CACHED);
        assertThat(Map.of("folder", cache.folder(), "bytes", cache.maxBytes(), "offline", cache.offline()))
                .isEqualTo(Map.of("folder", folder(), "bytes", 7L, "offline", Offline.SERVE_CACHED));
        assertThat(cache().listener()).isEmpty();
        assertThat(cache().offline()).isEqualTo(Offline.FAIL);
    }
}
