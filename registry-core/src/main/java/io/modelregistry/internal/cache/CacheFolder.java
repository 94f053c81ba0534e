package io.modelregistry.internal.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.LocalCacheException.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a cache, checked when it is opened. Immutable.
 *
 * <pre>
 * format                         says that this is a cache, and of which format
 * contents/{ab}/{sha256}         files by their content, read-only
 * documents/{registry}/{ab}/{sha256 of the key}
 * sessions/{session}/            what one open registry uses: links to contents, and files that are being filled
 * sessions/{session}.lock        locked as long as that registry is open
 * locks/{sha256}.lock            locked while a content is fetched
 * locks/bytes, locks/bytes.lock  how many bytes there are at most
 * </pre>
 */
final class CacheFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);
    private static final String FORMAT = "format";
    private static final String MARK = "io.modelregistry cache, format 1\n";
    private static final long GRACE_MILLIS = Duration.ofDays(1).toMillis();
    private static final String PROBE = ".probe-";
    private static final List<String> PARTS = List.of("contents", "documents", "sessions", "locks");

    private final Path root;
    private final boolean linking;
    private final Disk disk;

    private CacheFolder(Path root, boolean linking, Disk disk) {
        this.root = root;
        this.linking = linking;
        this.disk = disk;
    }

    /**
     * Makes the folder if it is missing, and checks that it is a cache and is nobody else's. One that is complete is
     * opened also while its disk takes nothing, for what can be read from it.
     *
     * @throws LocalCacheException if it is not, or cannot be made
     */
    static CacheFolder open(Path folder, Disk disk) {
        try {
            Files.createDirectories(folder, Disk.ownerOnly(folder, "rwx------"));
            Path root = folder.toRealPath();
            boolean ours = isMarked(root);
            Path own = ours ? ownFile(root, disk) : marked(root, disk);
            try {
                FolderTrust.check(root, own);
                if (!ours) {
                    mark(root, own);
                }
                for (String name : PARTS) {
                    Path part = root.resolve(name);
                    create(part, disk);
                    FolderTrust.checkPart(root, part, root.resolve(FORMAT));
                }
                if (ours && !own.startsWith(root)) {
                    return new CacheFolder(root, isCountingLinks(root), disk);
                }
                sweepProbes(root, ours ? own : root.resolve(FORMAT));
                return new CacheFolder(root, canLink(root), disk);
            } finally {
                Files.deleteIfExists(own);
            }
        } catch (IOException e) {
            throw failed(folder, e);
        } catch (ReadOnlyFileSystemException e) {
            throw new LocalCacheException(
                    ErrorCode.UNAVAILABLE,
                    folder,
                    new Reason("its file system is read-only", "a folder that this process can write"),
                    e);
        }
    }

    /**
     * A new file of this process, which tells its user: in the folder, or on the disk for temporary files if that of
     * the folder is full or fails.
     */
    private static Path ownFile(Path root, Disk disk) throws IOException {
        try {
            return probe(root, disk);
        } catch (IOException e) {
            if (isRefusal(e)) {
                throw e;
            }
            try {
                Path standIn = Files.createTempFile("model-registry", PROBE);
                LOG.warn(
                        "The disk of the local cache '{}' takes nothing at the moment; what the cache holds is served,"
                                + " and nothing more is kept: {}",
                        root,
                        e.toString());
                return standIn;
            } catch (IOException also) {
                e.addSuppressed(also);
                throw e;
            }
        }
    }

    /** Whether an error tells that a place is not for this process, which no other room or time would change. */
    private static boolean isRefusal(IOException e) {
        return e instanceof AccessDeniedException
                || e instanceof FileAlreadyExistsException
                || e instanceof NotDirectoryException;
    }

    private static Path marked(Path root, Disk disk) throws IOException {
        Path probe = probe(root, disk);
        try {
            Files.writeString(probe, MARK);
            return probe;
        } catch (IOException e) {
            Files.deleteIfExists(probe);
            throw e;
        }
    }

    /** Marks the folder before anything else is in it, also after a power loss: else it would look like another's. */
    private static void mark(Path root, Path marked) throws IOException {
        try (FileChannel channel = FileChannel.open(marked, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(marked, root.resolve(FORMAT), StandardCopyOption.ATOMIC_MOVE);
        if (File.separatorChar == '/') { // Windows has no such call, and opening a folder fails there.
            try (FileChannel channel = FileChannel.open(root, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Whether the folder is marked as a cache; fails if it is not, and holds something. */
    private static boolean isMarked(Path root) throws IOException {
        Path mark = root.resolve(FORMAT);
        if (Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)) {
            String found = Files.readString(mark);
            if (!found.equals(MARK)) {
                throw new LocalCacheException(
                        ErrorCode.INVALID,
                        root,
                        new Reason("its file 'format' does not say '" + MARK.strip() + "'", "a folder of its own"),
                        null);
            }
            return true;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(PROBE) && !Files.exists(mark)) {
                    throw new LocalCacheException(
                            ErrorCode.INVALID,
                            root,
                            new Reason("it is not a cache and holds '" + name + "'", "a folder of its own"),
                            null);
                }
            }
        }
        return false;
    }

    private static Path probe(Path root, Disk disk) throws IOException {
        Path probe = root.resolve(PROBE + UUID.randomUUID());
        disk.createFile(probe);
        return probe;
    }

    /** Removes what a killed process left; a probe that is alive is younger. */
    private static void sweepProbes(Path root, Path young) throws IOException {
        try (DirectoryStream<Path> probes = Files.newDirectoryStream(root, PROBE + "*")) {
            long now = Files.getLastModifiedTime(young).toMillis();
            for (Path old : probes) {
                if (now - modified(old, now) > GRACE_MILLIS) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    private static long modified(Path file, long gone) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (NoSuchFileException e) {
            return gone;
        }
    }

    /** Whether it can be told how many links a file has, and so whether it is in use. */
    private static boolean isCountingLinks(Path root) {
        return root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    private static boolean canLink(Path root) throws IOException {
        if (!isCountingLinks(root)) {
            return false;
        }
        Path link = root.resolve(PROBE + UUID.randomUUID());
        try {
            Files.createLink(link, root.resolve(FORMAT));
            return true;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        } finally {
            Files.deleteIfExists(link);
        }
    }

    /** Makes a folder that only this user can enter; its parent exists. */
    void create(Path folder) throws IOException {
        create(folder, disk);
    }

    private static void create(Path folder, Disk disk) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            disk.createFolder(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw new NotDirectoryException(folder.toString());
            }
        }
    }

    /** What a failure of the disk means to whoever asked for something. */
    LocalCacheException failed(IOException e) {
        return failed(root, e);
    }

    private static LocalCacheException failed(Path folder, IOException e) {
        if (e instanceof AccessDeniedException) {
            return new LocalCacheException(
                    ErrorCode.DENIED,
                    folder,
                    new Reason(
                            "access is denied (" + e.getMessage() + ")",
                            "a folder that belongs to the user of this process, with permissions 700"),
                    e);
        }
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return new LocalCacheException(
                    ErrorCode.INVALID, folder, new Reason("a part of it is not a folder", "a folder of its own"), e);
        }
        String why = e instanceof NoSuchFileException ? "a part of it is gone: " + e.getMessage() : e.getMessage();
        return new LocalCacheException(
                ErrorCode.UNAVAILABLE,
                folder,
                new Reason("the disk failed (" + why + ")", "a disk with room that can be written"),
                e);
    }

    /** Where files are that were refused or are wanted: the real path of the folder. */
    Path root() {
        return root;
    }

    /** Whether files get further names here; else they are copied. */
    boolean isLinking() {
        return linking;
    }

    /** The same folder, used as on a disk without hard links. */
    CacheFolder copying() {
        return new CacheFolder(root, false, disk);
    }

    Disk disk() {
        return disk;
    }

    /** Whether the cache is still there with all its parts; somebody may have deleted it. */
    boolean isWhole() {
        return Files.exists(root.resolve(FORMAT))
                && PARTS.stream().allMatch(part -> Files.isDirectory(root.resolve(part), LinkOption.NOFOLLOW_LINKS));
    }

    /**
     * Makes again what somebody has deleted.
     *
     * @throws LocalCacheException as {@link #open}
     */
    void restore() {
        if (!isWhole()) {
            LOG.warn("The local cache '{}' was deleted, or a part of it; making it again", root);
            open(root, disk);
        }
    }

    /** Whether a failure means that the disk takes nothing more: it is full or failing, and not somebody else's. */
    static boolean isDiskFailure(IOException e) {
        return !isRefusal(e) && !(e instanceof NoSuchFileException);
    }

    /** Names this folder the same in all class loaders of a process. */
    String identity() throws IOException {
        Object key = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
        return key == null ? root.toString() : key.toString();
    }

    Path contents() {
        return root.resolve("contents");
    }

    Path documents() {
        return root.resolve("documents");
    }

    Path sessions() {
        return root.resolve("sessions");
    }

    Path lock(String name) {
        return root.resolve("locks").resolve(name + ".lock");
    }

    /** The locks of contents that are being fetched. */
    List<Path> fetchLocks() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(root.resolve("locks"), "?".repeat(64) + ".lock")) {
            locks.forEach(found::add);
        }
        return found;
    }

    /** Says at most how many bytes the cache holds. */
    Path bytes() {
        return root.resolve("locks").resolve("bytes");
    }

    /** The file with a content, if it is here. */
    Path content(Digest digest) {
        return contents().resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
    }

    /** Makes the folder that a file is to lie in, below one that exists. */
    void createFolderOf(Path file) throws IOException {
        Path folder = file.getParent();
        if (folder != null && !folder.equals(root) && !Files.isDirectory(folder)) {
            createFolderOf(folder);
            create(folder);
        }
    }

    /** The text of the documents that this class writes. */
    static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }
}
