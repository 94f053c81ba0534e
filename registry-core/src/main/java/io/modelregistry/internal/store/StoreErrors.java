package io.modelregistry.internal.store;

import io.modelregistry.internal.document.Formats;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** Turns the errors of the store into the registry's. */
public final class StoreErrors {
    private StoreErrors() {}

    /** What a failed call of the store means to the caller of the registry. */
    public static RegistryException of(String action, IOException e) {
        if (e.getCause() instanceof RegistryException known) {
            return known;
        }
        if (e instanceof StorageClosedException) {
            return new RegistryClosedException(action);
        }
        if (isInterruption(e)) {
            return interrupted(action, e);
        }
        return new StorageFailedException(action, e);
    }

    /** Whether a call failed because its thread was interrupted. */
    public static boolean isInterruption(@Nullable Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if ((cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException))
                    || cause instanceof ClosedByInterruptException
                    || cause instanceof InterruptedException) {
                return true;
            }
        }
        return false;
    }

    /** The calling thread was interrupted while it waited; its interrupt flag has been set again. */
    public static RegistryException interrupted(String action, Throwable e) {
        return new RegistryException(
                ErrorCode.TIMEOUT, "Cannot " + action + ": the thread was interrupted, expected to be let finish", e);
    }

    /** Decodes a document. */
    public static <T> T decode(StorageKey key, byte[] bytes, Decoder<T> decoder) {
        try {
            return decoder.decode(bytes);
        } catch (MalformedDocumentException e) {
            throw new CorruptionException(key.value(), String.valueOf(e.getMessage()), e);
        } catch (Formats.NewerFormatException e) {
            throw new UnsupportedFormatException(
                    key.value(), String.valueOf(e.getMessage()), "a newer version of the library");
        }
    }

    /** Decodes the bytes of a document. */
    @FunctionalInterface
    public interface Decoder<T> {
        /** The value. */
        T decode(byte[] bytes) throws MalformedDocumentException;
    }
}
