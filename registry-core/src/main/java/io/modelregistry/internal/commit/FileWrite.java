package io.modelregistry.internal.commit;

import io.modelregistry.model.Digest;
import io.modelregistry.registry.UploadProgress;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;

/** Writes a file of a version, hashed on its way. */
public final class FileWrite {
    private static final int ATTEMPTS = 3;

    private FileWrite() {}

    /**
     * Writes a file. All writers of a folder write the same bytes, so it needs no condition and may be repeated.
     *
     * @return the digest of the bytes that the store took
     */
    public static Digest write(StorageNode node, StorageKey key, UploadFile file, UploadProgress progress)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            CheckedContent content = new CheckedContent(file, progress);
            try {
                node.write(key, content, WriteCondition.unconditional());
                return content.digest()
                        .orElseThrow(() -> new IOException("The store did not read '" + key + "' to its end"));
            } catch (WriteOutcomeUnknownException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
