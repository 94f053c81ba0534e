package io.modelregistry.storage.s3;

/**
 * When requests carry checksums of their own. The registry's SHA-256 digests do not depend on it: they are checked
 * whenever a file is read.
 */
public enum ChecksumMode {
    /**
     * Uploads carry a CRC-32C, so that the store refuses what was damaged on the way, and downloads are checked against
     * the store's. AWS S3 and recent servers; servers that do not know the header ignore it.
     */
    WHEN_SUPPORTED,
    /** Only where S3 demands one: for servers that stumble over the headers, such as Ceph RGW before 19. */
    WHEN_REQUIRED
}
