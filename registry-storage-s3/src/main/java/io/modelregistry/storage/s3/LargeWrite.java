package io.modelregistry.storage.s3;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Writes large objects in parts, several at a time. The parts that reached the store before a connection or a process
 * broke are found and used when the same bytes are written to the same key again. An object becomes visible as a whole
 * when its last part is there.
 */
final class LargeWrite {
    private static final Logger LOG = LoggerFactory.getLogger(LargeWrite.class);
    private static final int MOST_PARTS = 10_000;
    private static final long MEBIBYTE = 1 << 20;

    private final Bucket bucket;
    private final PartBuffers buffers;
    private final ReadBack readBack;

    LargeWrite(Bucket bucket, PartBuffers buffers, ReadBack readBack) {
        this.bucket = bucket;
        this.buffers = buffers;
        this.readBack = readBack;
    }

    StoredObject write(StorageKey key, Content content) throws IOException {
        String action = "write object '" + key + "'";
        try {
            try {
                return write(key, content, MultipartUpload.resumedOrBegun(bucket, key));
            } catch (MultipartUpload.GoneException e) {
                LOG.debug("Somebody ended the upload of {}; beginning another", key, e);
                return write(key, content, MultipartUpload.begun(bucket, key));
            }
        } catch (MultipartUpload.GoneException e) {
            throw new StorageException(key, "Cannot %s: %s".formatted(action, e.getMessage()), e);
        } catch (SdkException e) {
            throw bucket.failures.writing(action, key, e);
        }
    }

    private StoredObject write(StorageKey key, Content content, MultipartUpload upload) throws IOException {
        boolean isSourceDone = false;
        List<CompletedPart> parts;
        try (Source source = Source.open(key, content);
                Window window = new Window(upload, key, content.size())) {
            long size = content.size();
            int partBytes = partBytes(size);
            for (long offset = 0; offset < size; offset += partBytes) {
                window.add(source, (int) Math.min(partBytes, size - offset));
            }
            source.checkEnd();
            isSourceDone = true;
            parts = window.finish();
        } catch (MultipartUpload.GoneException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (!isSourceDone && !(e.getCause() instanceof SdkException)) {
                bucket.uninterrupted(upload::abort); // These bytes will not come again.
            }
            throw e;
        }
        return readBack.completed(key, content.size(), upload, parts);
    }

    private int partBytes(long size) {
        long least = (size + MOST_PARTS - 1) / MOST_PARTS;
        long rounded = (least + MEBIBYTE - 1) / MEBIBYTE * MEBIBYTE;
        return Math.toIntExact(Math.max(bucket.settings.partBytes(), rounded));
    }

    /** The parts that are on their way. Not thread-safe. */
    private final class Window implements AutoCloseable {
        private final MultipartUpload upload;
        private final StorageKey key;
        private final Progress progress;
        private final Deque<CompletableFuture<CompletedPart>> flying = new ArrayDeque<>();
        private final List<CompletedPart> done = new ArrayList<>();
        private int number;

        Window(MultipartUpload upload, StorageKey key, long size) {
            this.upload = upload;
            this.key = key;
            progress = new Progress(bytes -> bucket.settings.listener().uploaded(key, bytes, size));
        }

        /** Reads the next part and sends it off, waiting for others where there is no room. */
        void add(Source source, int length) throws IOException {
            while (flying.size() >= bucket.settings.threads()) {
                awaitFirst();
            }
            byte[] buffer = buffer(length);
            boolean isHandedOver = false;
            try {
                source.read(buffer, length);
                int part = ++number;
                Supplier<CompletedPart> sending = () -> {
                    CompletedPart sent = upload.send(part, buffer, length);
                    progress.add(length);
                    return sent;
                };
                CompletableFuture<CompletedPart> flight = CompletableFuture.supplyAsync(sending, bucket.threads)
                        .whenComplete((sent, failure) -> giveBack(buffer));
                isHandedOver = true;
                flying.add(flight);
            } catch (RejectedExecutionException e) {
                throw new StorageClosedException(
                        key,
                        "Cannot write object '%s': the node was closed meanwhile, expected an open one".formatted(key),
                        e);
            } finally {
                if (!isHandedOver) {
                    giveBack(buffer);
                }
            }
        }

        private byte[] buffer(int length) throws IOException {
            if (length > bucket.settings.partBytes()) {
                return new byte[length]; // An object of more than 10,000 parts of the usual size.
            }
            byte[] buffer = buffers.tryTake();
            while (buffer == null && !flying.isEmpty()) {
                awaitFirst();
                buffer = buffers.tryTake();
            }
            try {
                return buffer == null ? awaited() : buffer;
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        private byte[] awaited() throws IOException, InterruptedException {
            return buffers.take(bucket.settings.callTimeout())
                    .orElseThrow(() -> new StorageException(
                            key,
                            "Cannot write object '%s': other large writes of this node use all its buffers, expected some"
                                            .formatted(key)
                                    + " to end within " + bucket.settings.callTimeout(),
                            null));
        }

        private void giveBack(byte[] buffer) {
            if (buffer.length == bucket.settings.partBytes()) {
                buffers.give(buffer);
            }
        }

        List<CompletedPart> finish() throws IOException {
            while (!flying.isEmpty()) {
                awaitFirst();
            }
            return done;
        }

        private void awaitFirst() throws IOException {
            CompletableFuture<CompletedPart> first = flying.element();
            try {
                done.add(first.get());
                flying.remove();
            } catch (InterruptedException e) {
                throw interrupted(e);
            } catch (ExecutionException e) {
                flying.remove();
                throw failed(e.getCause());
            }
        }

        private IOException failed(@Nullable Throwable cause) {
            if (cause instanceof MultipartUpload.GoneException gone) {
                throw gone;
            }
            if (cause instanceof SdkException sdk) {
                return bucket.failures.writing("write object '" + key + "'", key, sdk);
            }
            if (cause instanceof Error error) {
                throw error;
            }
            return new StorageException(
                    key, "Cannot write object '%s': a part of it failed, expected all".formatted(key), cause);
        }

        private StorageException interrupted(InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("the thread was interrupted");
            interrupted.initCause(e);
            return new StorageException(
                    key,
                    "Cannot write object '%s': the thread was interrupted, expected to finish the write".formatted(key),
                    interrupted);
        }

        /** Waits for what is still on its way: nobody may send parts of an upload that is over. */
        @Override
        public void close() {
            for (CompletableFuture<CompletedPart> flight : flying) {
                bucket.uninterrupted(() -> flight.handle((sent, failure) -> key).join());
            }
        }
    }
}
