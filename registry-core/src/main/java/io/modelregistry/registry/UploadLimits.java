package io.modelregistry.registry;

import io.modelregistry.model.InvalidValueException;

/**
 * How much one version may hold.
 *
 * @param bytesPerFile the longest file
 * @param files the most files
 * @param bytesPerVersion the longest version
 */
public record UploadLimits(long bytesPerFile, int files, long bytesPerVersion) {
    /** 1 TiB a file, 10,000 files, 4 TiB a version. */
    public static final UploadLimits DEFAULT = new UploadLimits(1L << 40, 10_000, 1L << 42);

    /**
     * Checks the limits.
     *
     * @throws InvalidValueException if one allows nothing
     */
    public UploadLimits {
        if (bytesPerFile < 1 || files < 1 || bytesPerVersion < 1) {
            throw new InvalidValueException(
                    "upload limits",
                    bytesPerFile + ", " + files + ", " + bytesPerVersion,
                    "one of them allows nothing",
                    "positive numbers");
        }
    }
}
