package io.modelregistry.internal.store;

import io.modelregistry.internal.document.Formats;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.RegistryClosedException;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;

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
        return new StorageFailedException(action, e);
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
