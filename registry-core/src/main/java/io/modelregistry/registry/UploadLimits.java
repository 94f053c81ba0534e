package io.modelregistry.registry;

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

    /** Refuses limits that allow nothing. */
    public UploadLimits {
        if (bytesPerFile < 1 || files < 1 || bytesPerVersion < 1) {
            throw new IllegalArgumentException(
                    "Upload limits must be positive: " + bytesPerFile + ", " + files + ", " + bytesPerVersion);
        }
    }
}
