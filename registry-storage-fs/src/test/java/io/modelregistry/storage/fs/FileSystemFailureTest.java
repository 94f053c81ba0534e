package io.modelregistry.storage.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageReadOnlyException;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.contract.PatternContent;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Disks that fail at a chosen call. */
class FileSystemFailureTest {
    private static final StorageKey OLD = StorageKey.of("a/old");
    private static final StorageKey NEW = StorageKey.of("b/c/new");

    @TempDir
    private Path folder;

    private Path root;
    private StorageNode sound;

    @BeforeEach
    void writeOne() throws IOException {
        root = folder.resolve("registry");
        sound = FileSystemStorageNode.at(root);
        sound.write(OLD, text("old"), WriteCondition.unconditional());
    }

    private static Content text(String text) {
        return Content.of(text.getBytes(UTF_8));
    }

    private void assertUnchanged() throws IOException {
        assertThat(new String(sound.readAll(OLD), UTF_8)).isEqualTo("old");
        assertThat(sound.list(KeyPrefix.ROOT, null, 10)).hasSize(1);
        assertNoTemporaries();
    }

    private void assertNoTemporaries() throws IOException {
        assertThat(root.resolve(".tmp")).isEmptyDirectory();
    }

    private void assertWritesFail(StorageNode node, Class<? extends StorageException> type, String why)
            throws IOException {
        for (StorageKey key : new StorageKey[] {OLD, NEW}) {
            for (long size : new long[] {10, 9 << 20}) {
                assertThatThrownBy(() -> node.write(key, new PatternContent(1, size), WriteCondition.unconditional()))
                        .isExactlyInstanceOf(type)
                        .hasMessageStartingWith("Cannot write object '" + key + "': ")
                        .hasMessageContaining(why)
                        .hasMessageNotContaining(folder.toString())
                        .hasCauseInstanceOf(IOException.class);
            }
        }
        assertThatThrownBy(() -> node.write(NEW, text("new"), WriteCondition.ifAbsent()))
                .isExactlyInstanceOf(type);
        assertUnchanged();
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothing() throws IOException {
        FileSystemStorageNode full = new ForwardingOperations() {
            @Override
            public NewFile create(Path file) throws IOException {
                NewFile created = super.create(file);
                return new NewFile() {
                    @Override
                    public void write(ByteBuffer bytes) throws IOException {
                        ByteBuffer half = bytes.slice(0, bytes.remaining() / 2);
                        created.write(half);
                        throw new IOException("No space left on device");
                    }

                    @Override
                    public void force() throws IOException {
                        created.force();
                    }

                    @Override
                    public void close() throws IOException {
                        created.close();
                    }
                };
            }
        }.nodeAt(root);
        assertWritesFail(full, StorageException.class, "No space left on device");
    }

    @Test
    void aDiskWithoutRoomForAFolderLeavesNothing() throws IOException {
        FileSystemStorageNode full = new ForwardingOperations() {
            @Override
            public void createFolder(Path folder) throws IOException {
                throw new FileSystemException(folder.toString(), null, "No space left on device");
            }
        }.nodeAt(root);
        assertThatThrownBy(() -> full.write(NEW, text("new"), WriteCondition.ifAbsent()))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessage("Cannot write object 'b/c/new': No space left on device, expected a writable folder");
        assertUnchanged();
    }

    @Test
    void aReadOnlyFolderIsReadAndNotWritten() throws IOException {
        FileSystemStorageNode denied = new ForwardingOperations() {
            @Override
            public NewFile create(Path file) throws IOException {
                throw new AccessDeniedException(file.toString());
            }
        }.nodeAt(root);
        assertWritesFail(denied, StorageReadOnlyException.class, "the folder is read-only");
        assertThat(new String(denied.readAll(OLD), UTF_8)).isEqualTo("old");
        assertThat(denied.list(KeyPrefix.ROOT, null, 10)).hasSize(1);
    }

    @Test
    void aReadOnlyDiskIsReadAndNotWritten() throws IOException {
        FileSystemStorageNode readOnly = new ForwardingOperations() {
            @Override
            public boolean isReadOnly(Path path) {
                return true;
            }

            @Override
            public NewFile create(Path file) throws IOException {
                throw new FileSystemException(file.toString(), null, "Dateisystem ist nur lesbar");
            }

            @Override
            public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
                throw new FileSystemException(lockFile.toString(), null, "Dateisystem ist nur lesbar");
            }
        }.nodeAt(root);
        assertWritesFail(readOnly, StorageReadOnlyException.class, "the folder is read-only");
        assertThatThrownBy(() -> readOnly.delete(OLD))
                .isExactlyInstanceOf(StorageReadOnlyException.class)
                .hasMessageContaining("'a/old'");
        readOnly.delete(NEW);
        assertUnchanged();
    }

    @Test
    void contentThatCannotBeForcedIsDiscardedAndNotForcedAgain() throws IOException {
        int[] forces = new int[1];
        FileSystemStorageNode failing = new ForwardingOperations() {
            @Override
            public NewFile create(Path file) throws IOException {
                NewFile created = super.create(file);
                return new NewFile() {
                    @Override
                    public void write(ByteBuffer bytes) throws IOException {
                        created.write(bytes);
                    }

                    @Override
                    public void force() throws IOException {
                        forces[0]++;
                        throw new IOException("Input/output error");
                    }

                    @Override
                    public void close() throws IOException {
                        created.close();
                    }
                };
            }
        }.nodeAt(root);
        assertWritesFail(failing, StorageException.class, "Input/output error");
        assertThat(forces[0]).as("once for each write").isEqualTo(5);
    }

    @Test
    void aFolderThatCannotBeForcedMakesTheOutcomeUnknownAndEndsTheNode() throws IOException {
        boolean[] broken = new boolean[1];
        FileSystemStorageNode failing = new ForwardingOperations() {
            @Override
            public void forceFolder(Path folder) throws IOException {
                if (broken[0]) {
                    throw new ForceFailedException(new IOException("Input/output error"));
                }
                super.forceFolder(folder);
            }
        }.nodeAt(root);
        failing.write(NEW, text("new"), WriteCondition.ifAbsent());
        broken[0] = true;
        assertThatThrownBy(() -> failing.write(NEW, text("newer"), WriteCondition.unconditional()))
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessageContaining("'b/c/new'")
                .hasMessageContaining("Input/output error");
        broken[0] = false;
        assertThatThrownBy(() -> failing.find(NEW))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessageContaining("'b/c/new'")
                .hasMessageContaining("could not be made durable");
        assertThatThrownBy(() -> failing.write(NEW, text("again"), WriteCondition.unconditional()))
                .isExactlyInstanceOf(StorageException.class);
        assertThat(new String(sound.readAll(NEW), UTF_8)).isEqualTo("newer");
    }

    @Test
    void aFolderThatCannotBeOpenedForAMomentIsForcedBeforeTheNextCall() throws IOException {
        List<Path> forced = new ArrayList<>();
        boolean[] exhausted = new boolean[1];
        FileSystemStorageNode busy = new ForwardingOperations() {
            @Override
            public void forceFolder(Path folder) throws IOException {
                if (exhausted[0]) {
                    throw new FileSystemException(folder.toString(), null, "Too many open files");
                }
                super.forceFolder(folder);
                forced.add(folder);
            }
        }.nodeAt(root);
        busy.find(OLD);
        exhausted[0] = true;
        assertThatThrownBy(() -> busy.write(NEW, text("new"), WriteCondition.ifAbsent()))
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessage("Cannot make the change of object 'b/c/new' durable: Too many open files,"
                        + " expected the folder to be forced");
        assertThatThrownBy(() -> busy.find(NEW))
                .as("who reads it back may take it as done")
                .isExactlyInstanceOf(StorageException.class)
                .hasMessage("Cannot find object 'b/c/new': an earlier change is not durable yet: Too many open"
                        + " files, expected its folder to be forced");
        exhausted[0] = false;
        forced.clear();
        assertThat(new String(busy.readAll(NEW), UTF_8)).isEqualTo("new");
        Path real = root.toRealPath();
        assertThat(forced).containsExactly(real.resolve("b/c"), real.resolve("b"), real, real.getParent());
        forced.clear();
        busy.find(NEW);
        assertThat(forced).as("once is enough").isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aRefusedForceIsToldFromAFolderThatCannotBeOpened() {
        DiskOperations disk = new DiskOperations();
        assertThatThrownBy(() -> disk.forceFolder(Path.of("/proc/self")))
                .as("the system opens this folder and forces none of its kind")
                .isExactlyInstanceOf(ForceFailedException.class)
                .hasCauseExactlyInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.forceFolder(folder.resolve("absent")))
                .isExactlyInstanceOf(NoSuchFileException.class);
    }

    /** A link has the time of its source, which says nothing about how long it waits. */
    @Test
    void aCopyOfAnOldObjectOutlivesTheSweepOfAnotherNode() throws IOException {
        Files.setLastModifiedTime(
                root.resolve(OLD.value()),
                FileTime.from(Instant.now().minus(Temporaries.GRACE).minus(Duration.ofMinutes(1))));
        boolean[] swept = new boolean[1];
        FileSystemStorageNode copying = new ForwardingOperations() {
            @Override
            public InputStream read(Path file) throws IOException {
                if (!swept[0]) {
                    swept[0] = true;
                    FileSystemStorageNode.at(root).write(NEW, text("new"), WriteCondition.ifAbsent());
                }
                return super.read(file);
            }
        }.nodeAt(root);
        StorageKey copy = StorageKey.of("copy");
        copying.copy(OLD, copy);
        assertThat(swept[0]).isTrue();
        assertThat(new String(sound.readAll(copy), UTF_8)).isEqualTo("old");
    }

    @Test
    void whatTheCallersStreamThrowsGoesBackUnchanged() throws IOException {
        IOException own = new IOException("the caller's own trouble");
        class Failing extends ByteArrayInputStream {
            Failing() {
                super(new byte[0]);
            }

            @Override
            public void close() throws IOException {
                throw own;
            }
        }
        Content closing = new Content() {
            @Override
            public long size() {
                return 0;
            }

            @Override
            public InputStream open() {
                return new Failing();
            }
        };
        assertThatThrownBy(() -> sound.write(NEW, closing, WriteCondition.unconditional()))
                .isSameAs(own);
        assertUnchanged();
    }

    @Test
    void anErrorOfTheDiskWhileBytesAreCopiedIsTheNodes() throws IOException {
        sound.write(NEW, new PatternContent(1, 9 << 20), WriteCondition.unconditional());
        FileSystemStorageNode linkless = new ForwardingOperations() {
            @Override
            public void link(Path name, Path existing) {
                throw new UnsupportedOperationException();
            }

            @Override
            public InputStream read(Path file) throws IOException {
                return new FilterInputStream(super.read(file)) {
                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        throw new IOException("Input/output error");
                    }
                };
            }
        }.nodeAt(root);
        assertThatThrownBy(() -> linkless.copy(NEW, StorageKey.of("copy")))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessage("Cannot copy object 'b/c/new': Input/output error, expected a writable folder");
    }

    @Test
    void aStreamThatCannotReachItsRangeIsClosed() throws IOException {
        sound.write(NEW, new PatternContent(1, 9 << 20), WriteCondition.unconditional());
        int[] open = new int[1];
        FileSystemStorageNode failing = new ForwardingOperations() {
            @Override
            public InputStream read(Path file) throws IOException {
                open[0]++;
                return new FilterInputStream(super.read(file)) {
                    @Override
                    public void skipNBytes(long count) throws IOException {
                        throw new IOException("Input/output error");
                    }

                    @Override
                    public void close() throws IOException {
                        open[0]--;
                        super.close();
                    }
                };
            }
        }.nodeAt(root);
        assertThatThrownBy(() -> failing.open(NEW, ByteRange.from(7), null))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessage("Cannot open object 'b/c/new': Input/output error, expected a readable folder");
        assertThat(open[0]).isZero();
    }

    @Test
    void withoutHardLinksCreatesAndCopiesStillWork() throws IOException {
        FileSystemStorageNode linkless = new ForwardingOperations() {
            @Override
            public void link(Path name, Path existing) {
                throw new UnsupportedOperationException();
            }
        }.nodeAt(root);
        linkless.write(NEW, text("new"), WriteCondition.ifAbsent());
        assertThatThrownBy(() -> linkless.write(NEW, text("newer"), WriteCondition.ifAbsent()))
                .isExactlyInstanceOf(WriteConflictException.class);
        StorageKey copy = StorageKey.of("copy");
        assertThat(linkless.copy(NEW, copy).etag())
                .isEqualTo(linkless.find(NEW).orElseThrow().etag());
        assertThat(new String(linkless.readAll(copy), UTF_8)).isEqualTo("new");
        assertNoTemporaries();
    }

    @Test
    void anEmptyFolderThatCannotBeRemovedDoesNotFailTheDelete() throws IOException {
        FileSystemStorageNode clinging = new ForwardingOperations() {
            @Override
            public void appendByte(Path file) throws IOException {
                throw new IOException("No space left on device");
            }
        }.nodeAt(root);
        clinging.delete(OLD);
        assertThat(sound.find(OLD)).isEmpty();
        assertThat(sound.listFolders(KeyPrefix.ROOT, null, 9)).isEmpty();
    }

    @Test
    void anUnreadableFolderIsNamed() {
        FileSystemStorageNode unreadable = new ForwardingOperations() {
            @Override
            public void visit(Path folder, Visitor visitor) throws IOException {
                throw new AccessDeniedException(folder.toString());
            }
        }.nodeAt(root);
        assertThatThrownBy(() -> unreadable.list(KeyPrefix.of("a"), null, 9))
                .isExactlyInstanceOf(StorageDeniedException.class)
                .hasMessageStartingWith("Cannot list objects below 'a': access is denied, expected a folder");
    }

    @Test
    void aListingGoesOnWhenAFolderIsGoneForAMoment() throws IOException {
        StorageKey other = StorageKey.of("b/other");
        sound.write(other, text("other"), WriteCondition.unconditional());
        FileSystemStorageNode node = new ForwardingOperations() {
            @Override
            public void visit(Path visited, Visitor visitor) throws IOException {
                if (!visited.endsWith("a")) {
                    super.visit(visited, visitor);
                    return;
                }
                sound.delete(OLD);
                try {
                    super.visit(visited, visitor);
                } finally {
                    sound.write(OLD, text("back"), WriteCondition.unconditional());
                }
            }
        }.nodeAt(root);

        assertThat(node.list(KeyPrefix.ROOT, null, 9))
                .extracting(ListedObject::key)
                .containsExactly(other);
        assertThat(node.listFolders(KeyPrefix.ROOT, null, 9)).containsExactly("b");
    }
}
