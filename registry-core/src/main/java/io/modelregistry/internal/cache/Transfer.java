package io.modelregistry.internal.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a file from the store to a disk of this host, and tells whose failure is whose. */
public final class Transfer {
    private static final Logger LOG = LoggerFactory.getLogger(Transfer.class);
    private static final int BUFFER = 256 << 10;

    private Transfer() {}

    /** Opens a file of the store. */
    @FunctionalInterface
    public interface Opening {
        /** Its content, for the caller to close. */
        InputStream open() throws IOException;
    }

    /** A failure of the store, which is not one of the disk. */
    public static final class StoreFailure extends IOException {
        private static final long serialVersionUID = 1L;
        private final IOException failure;

        StoreFailure(IOException cause) {
            super(cause);
            this.failure = cause;
        }

        /** What the store said. */
        public IOException failure() {
            return failure;
        }
    }

    /**
     * Fills a file, in place of what it holds.
     *
     * @param size how many bytes are expected, at least about
     * @throws StoreFailure if the store failed; any other failure is one of the disk
     */
    public static void run(Opening stored, Path target, long size) throws IOException {
        InputStream in = opened(stored);
        try (OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, size))];
            for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
                out.write(buffer, 0, read);
            }
        } finally {
            close(in);
        }
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            LOG.debug("A stream of the store could not be closed; what was read of it was checked", e);
        }
    }

    private static InputStream opened(Opening stored) throws StoreFailure {
        try {
            return stored.open();
        } catch (IOException e) {
            throw new StoreFailure(e);
        }
    }

    private static int read(InputStream in, byte[] buffer) throws StoreFailure {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw new StoreFailure(e);
        }
    }
}
