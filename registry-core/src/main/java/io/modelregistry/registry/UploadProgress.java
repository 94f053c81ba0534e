package io.modelregistry.registry;

import io.modelregistry.model.ArtifactPath;

/**
 * Hears how far an upload is; called on the uploading thread, about once a mebibyte and at the end of each file. What
 * it throws ends the upload.
 */
@FunctionalInterface
public interface UploadProgress {
    /** Hears nothing. */
    UploadProgress NONE = (file, done, total) -> {};

    /**
     * Some bytes are on their way.
     *
     * @param file the file that is being uploaded
     * @param done how many bytes of it the store has taken
     * @param total its length in bytes
     */
    void onProgress(ArtifactPath file, long done, long total);
}
