package io.modelregistry.inference.scoring;

import io.modelregistry.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.temporal.ChronoUnit;

/**
 * What has to be the same for a run to be resumed.
 *
 * <p>An input is told by its size, its time of change, and the digest of its first and last mebibyte: reading all of it
 * would double the work of a large one.
 *
 * @param inputSize the bytes of the input
 * @param inputChanged when it was last changed, in ISO 8601 and whole milliseconds, as copies often keep no more
 * @param inputDigest of its ends
 * @param model the name, or the reference with its digest
 * @param options all that decides what the output looks like
 */
record RunIdentity(long inputSize, String inputChanged, String inputDigest, String model, String options) {
    private static final int END = 1 << 20;

    static RunIdentity of(Path input, String model, String options) throws IOException {
        long size = Files.size(input);
        String changed = Files.getLastModifiedTime(input)
                .toInstant()
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
        Digest.Hasher hasher = Digest.hasher();
        try (SeekableByteChannel channel = Files.newByteChannel(input, StandardOpenOption.READ)) {
            digest(channel, hasher);
            channel.position(Math.max(channel.position(), size - END));
            digest(channel, hasher);
        }
        return new RunIdentity(size, changed, hasher.finish().toString(), model, options);
    }

    private static void digest(SeekableByteChannel channel, Digest.Hasher hasher) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(END);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Reads until it is full or the file ends.
        }
        hasher.update(bytes.flip());
    }

    boolean isSameInput(RunIdentity other) {
        return inputSize == other.inputSize
                && inputChanged.equals(other.inputChanged)
                && inputDigest.equals(other.inputDigest);
    }
}
