package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A large object. If its reader waits for the store most of the time, it is read in order while the next parts of it
 * are on their way through connections of their own. Memory is bounded by the node's buffers; without a free one, parts
 * come one after the other. Not thread-safe.
 */
final class ParallelStream extends InputStream {
    private static final int PARTS_WORTH_IT = 4;
    /** Who reads no more than this wants the beginning only. */
    private static final long READ_BEFORE_AHEAD = 256 << 10;

    private final Bucket bucket;
    private final PartBuffers buffers;
    private final String action;
    private final StoredObject object;
    private final long first;
    private final long end;
    private final Progress progress;
    private final Deque<Part> ahead = new ArrayDeque<>();
    private GenerationStream direct;
    private long directEnd;
    private long position;
    private long requested;
    private @Nullable Part current;
    private long begunNanos;
    private long waitedNanos;
    private boolean isAhead;
    private volatile boolean closed;

    /** Goes on with a stream of the whole span that was just opened. */
    ParallelStream(Bucket bucket, PartBuffers buffers, GenerationStream opened) {
        this.bucket = bucket;
        this.buffers = buffers;
        action = opened.action();
        object = opened.object();
        first = opened.position();
        position = first;
        end = opened.end();
        direct = opened;
        directEnd = Math.min(end, position + bucket.settings.partBytes());
        requested = directEnd;
        progress = new Progress(done -> bucket.settings.listener().downloaded(object.key(), done, end - first));
    }

    /** From how many bytes on reading ahead pays. */
    static long worthFrom(Settings settings) {
        return settings.threads() < 2 ? Long.MAX_VALUE : (long) PARTS_WORTH_IT * settings.partBytes();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("The stream is closed");
        }
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        if (position - first >= READ_BEFORE_AHEAD && (isAhead || waitsForTheStore())) {
            isAhead = true;
            lookAhead();
        }
        int read = position < directEnd ? readDirectly(target, offset, length) : readPart(target, offset, length);
        position += read;
        progress.add(read);
        return read;
    }

    /** Whether the reader spends most of its time waiting; one that does not gets nothing from more connections. */
    private boolean waitsForTheStore() {
        return 2 * waitedNanos > System.nanoTime() - begunNanos;
    }

    private int readDirectly(byte[] target, int offset, int length) throws IOException {
        long asked = System.nanoTime();
        if (begunNanos == 0) {
            begunNanos = asked;
        }
        int read = direct.read(target, offset, (int) Math.min(length, directEnd - position));
        waitedNanos += System.nanoTime() - asked;
        if (read < 0) {
            throw new StorageException(
                    object.key(), "Cannot %s: it ended early, expected %s bytes".formatted(action, end), null);
        }
        if (position + read >= directEnd) {
            if (isAhead || direct.end() <= directEnd) {
                direct.abort();
            } else {
                directEnd = Math.min(end, directEnd + bucket.settings.partBytes());
                requested = directEnd;
            }
        }
        return read;
    }

    private int readPart(byte[] target, int offset, int length) throws IOException {
        Part part = current;
        if (part == null) {
            part = ahead.poll();
            if (part == null) {
                directEnd = Math.min(end, position + bucket.settings.partBytes());
                requested = directEnd;
                direct = new GenerationStream(
                        bucket, action, object, new GenerationStream.Span(position, directEnd), null);
                return readDirectly(target, offset, length);
            }
            current = part;
            try {
                part.await();
            } catch (IOException e) {
                close();
                throw e;
            }
        }
        int at = (int) (position - part.offset);
        int read = Math.min(length, part.length - at);
        System.arraycopy(part.buffer, at, target, offset, read);
        if (at + read == part.length) {
            current = null;
            buffers.give(part.buffer);
        }
        return read;
    }

    private void lookAhead() {
        while (requested < end && ahead.size() < bucket.settings.threads()) {
            byte[] buffer = buffers.tryTake();
            if (buffer == null) {
                return;
            }
            int length = (int) Math.min(buffer.length, end - requested);
            try {
                ahead.add(new Part(buffer, requested, length));
            } catch (RejectedExecutionException e) {
                buffers.give(buffer); // The node is closed, which the next read finds.
                return;
            }
            requested += length;
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        direct.abort();
        Part part = current;
        current = null;
        if (part != null) {
            part.discard();
        }
        ahead.forEach(Part::discard);
        ahead.clear();
    }

    /** A piece on its way into a buffer. */
    private final class Part {
        private final byte[] buffer;
        private final long offset;
        private final int length;
        private final CompletableFuture<Void> arrival;

        Part(byte[] buffer, long offset, int length) {
            this.buffer = buffer;
            this.offset = offset;
            this.length = length;
            arrival = CompletableFuture.runAsync(this::fetch, bucket.threads);
        }

        private void fetch() {
            try (GenerationStream in = new GenerationStream(
                    bucket, action, object, new GenerationStream.Span(offset, offset + length), null)) {
                int filled = 0;
                while (filled < length && !closed) {
                    int read = in.read(buffer, filled, Math.min(length - filled, 256 << 10));
                    if (read < 0) {
                        throw new IOException("the part ended early");
                    }
                    filled += read;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void await() throws IOException {
            try {
                arrival.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException interrupted = new InterruptedIOException("the thread was interrupted");
                interrupted.initCause(e);
                throw new StorageException(
                        object.key(),
                        "Cannot %s: the thread was interrupted, expected to be let finish".formatted(action),
                        interrupted);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof UncheckedIOException unchecked) {
                    throw unchecked.getCause();
                }
                throw new StorageException(
                        object.key(), "Cannot %s: a part of it failed, expected all".formatted(action), e.getCause());
            }
        }

        /** Gives the buffer back once nobody writes to it any more. */
        void discard() {
            CompletableFuture<Void> unused = arrival.whenComplete((done, failure) -> buffers.give(buffer));
        }
    }
}
