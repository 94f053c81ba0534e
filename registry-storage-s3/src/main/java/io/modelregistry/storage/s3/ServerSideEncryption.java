package io.modelregistry.storage.s3;

import java.util.Objects;
import java.util.Optional;

/**
 * How the store encrypts what is written to it; see <a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html">Protecting data with
 * server-side encryption</a>. Immutable.
 */
public final class ServerSideEncryption {
    private final Optional<String> kmsKey;
    private final String algorithm;

    private ServerSideEncryption(String algorithm, Optional<String> kmsKey) {
        this.algorithm = algorithm;
        this.kmsKey = kmsKey;
    }

    /** With keys of the store (SSE-S3, {@code AES256}). */
    public static ServerSideEncryption managed() {
        return new ServerSideEncryption("AES256", Optional.empty());
    }

    /** With the account's default key of a key management service (SSE-KMS, {@code aws:kms}). */
    public static ServerSideEncryption kms() {
        return new ServerSideEncryption("aws:kms", Optional.empty());
    }

    /** With a key of a key management service (SSE-KMS, {@code aws:kms}), named by its id or ARN. */
    public static ServerSideEncryption kms(String keyId) {
        return new ServerSideEncryption("aws:kms", Optional.of(Objects.requireNonNull(keyId, "keyId")));
    }

    /** The value of the header {@code x-amz-server-side-encryption}. */
    public String algorithm() {
        return algorithm;
    }

    /** The key that was named. */
    public Optional<String> kmsKey() {
        return kmsKey;
    }

    @Override
    public String toString() {
        return algorithm;
    }
}
