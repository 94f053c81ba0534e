package io.modelregistry.storage.fs;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that have all their content, durably, and not yet a name that anybody reads. Thread-safe. */
final class Temporaries {
    /**
     * How long a temporary file may rest before it counts as left behind; an upload that is alive keeps changing its
     * file. One that is a link has the time of another file, so its own age is in its name.
     */
    static final Duration GRACE = Duration.ofDays(1);

    private static final int BUFFER = 256 << 10;
    private static final Pattern OURS = Pattern.compile("([0-9]{1,12})-[0-9a-f]{32}");
    private static final Logger LOG = LoggerFactory.getLogger(Temporaries.class);

    private final FileOperations operations;
    private final Tree tree;
    private final Clock clock;
    private final AtomicBoolean swept = new AtomicBoolean();

    Temporaries(FileOperations operations, Tree tree, Clock clock) {
        this.operations = operations;
        this.tree = tree;
        this.clock = clock;
    }

    /** A name that nobody has: the second in which it was made, and chance. */
    Path freshName() throws IOException {
        String nonce = UUID.randomUUID().toString().replace("-", "");
        return tree.temporaries().resolve(clock.instant().getEpochSecond() + "-" + nonce);
    }

    /** Writes a content to a new temporary file and forces it; a failure leaves no file. */
    Temporary fill(StorageKey key, Content content) throws IOException {
        Path path = freshName();
        boolean filled = false;
        try {
            long size = content.size();
            Optional<MessageDigest> digest =
                    size <= Etags.LARGEST_HASHED ? Optional.of(Etags.digest()) : Optional.empty();
            try (FileOperations.NewFile file = operations.create(path)) {
                copy(key, content, file, digest);
                file.force();
            }
            FileFacts facts = facts(path);
            String etag = digest.map(Etags::ofContent).orElseGet(() -> Etags.ofFile(facts));
            filled = true;
            return new Temporary(path, facts, etag);
        } finally {
            if (!filled) {
                discard(path);
            }
        }
    }

    private static void copy(
            StorageKey key, Content content, FileOperations.NewFile file, Optional<MessageDigest> digest)
            throws IOException {
        long left = content.size();
        byte[] buffer = new byte[(int) Math.min(BUFFER, left + 1)];
        try (Unread unread = Unread.open(content)) {
            while (true) {
                int read = unread.read(buffer);
                if (read < 0 ? left > 0 : read > left) {
                    throw new StorageException(
                            key,
                            "Cannot write object '%s': its content is %s than declared, expected %s bytes"
                                    .formatted(key, read < 0 ? "shorter" : "longer", content.size()),
                            null);
                }
                if (read < 0) {
                    return;
                }
                left -= read;
                digest.ifPresent(d -> d.update(buffer, 0, read));
                file.write(ByteBuffer.wrap(buffer, 0, read));
            }
        }
    }

    /** The facts of a file that this process has just made. */
    FileFacts facts(Path path) throws IOException {
        return operations
                .facts(path)
                .orElseThrow(() -> new NoSuchFileException(path.toString(), null, "a temporary file is gone"));
    }

    /** Whether a temporary file has its name still. */
    boolean isThere(Path path) throws IOException {
        return operations.facts(path).isPresent();
    }

    /** Removes a temporary name if it is there still. What cannot be removed is swept some day. */
    void discard(Path path) {
        try {
            if (operations.facts(path).isPresent()) {
                operations.delete(path);
            }
        } catch (IOException e) {
            LOG.debug("A temporary file stays behind: {}", path.getFileName(), e);
        }
    }

    /**
     * Removes, at the first call, the temporary files that processes left behind when they died. Other files in the
     * folder are not ours.
     */
    void sweepOnce() throws IOException {
        if (!swept.compareAndSet(false, true)) {
            return;
        }
        Instant oldest = clock.instant().minus(GRACE);
        operations.visit(tree.temporaries(), name -> {
            Path path = tree.temporaries().resolve(name);
            Matcher ours = OURS.matcher(name);
            if (ours.matches()
                    && Instant.ofEpochSecond(Long.parseLong(ours.group(1))).isBefore(oldest)
                    && operations
                            .facts(path)
                            .filter(FileFacts::isFile)
                            .map(f -> f.lastModified().isBefore(oldest))
                            .orElse(false)) {
                discard(path);
            }
            return true;
        });
    }

    /**
     * A file that waits for its name.
     *
     * @param path where it is now
     * @param facts its facts, which the move to its name does not change
     * @param etag the etag it will have
     */
    record Temporary(Path path, FileFacts facts, String etag) {}
}
