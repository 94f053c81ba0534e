package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One multipart upload. Thread-safe.
 *
 * <p>Whoever completes it names the etag of each part, so that another writer who joined the same upload with other
 * bytes makes the completion fail instead of mixing the two.
 */
final class MultipartUpload {
    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

    private final Bucket bucket;
    private final String name;
    private final String id;
    private final Map<Integer, Part> known;

    private MultipartUpload(Bucket bucket, String name, String id, Map<Integer, Part> known) {
        this.bucket = bucket;
        this.name = name;
        this.id = id;
        this.known = known;
    }

    /** Begins an upload. */
    static MultipartUpload begun(Bucket bucket, StorageKey key) {
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder();
        if (bucket.settings.sendsChecksums()) {
            request.checksumAlgorithm(ChecksumAlgorithm.CRC32_C);
        }
        return begun(bucket, key, request);
    }

    /** Begins an upload whose parts are copied inside the store, so that nobody here knows their checksums. */
    static MultipartUpload begunForCopies(Bucket bucket, StorageKey key) {
        return begun(bucket, key, CreateMultipartUploadRequest.builder());
    }

    private static MultipartUpload begun(Bucket bucket, StorageKey key, CreateMultipartUploadRequest.Builder request) {
        String name = bucket.location.nameOf(key);
        request.bucket(bucket.location.bucket()).key(name);
        bucket.settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(encryption.algorithm());
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        String id = bucket.uninterrupted(
                () -> bucket.client.createMultipartUpload(request.build()).uploadId());
        bucket.exists();
        return new MultipartUpload(bucket, name, id, Map.of());
    }

    /** Goes on with the newest upload to a key that was begun and not ended, or begins one. */
    static MultipartUpload resumedOrBegun(Bucket bucket, StorageKey key) {
        if (bucket.settings.encryption().isPresent()) {
            return begun(bucket, key); // Another may have been begun with another encryption, or none.
        }
        String name = bucket.location.nameOf(key);
        try {
            Optional<software.amazon.awssdk.services.s3.model.MultipartUpload> found = bucket.uninterrupted(() -> bucket
                    .client
                    .listMultipartUploads(
                            request -> request.bucket(bucket.location.bucket()).prefix(name))
                    .uploads()
                    .stream()
                    .filter(upload -> name.equals(upload.key()) && isOurKind(bucket, upload))
                    .max(Comparator.comparing(
                            upload -> upload.initiated() == null ? Instant.EPOCH : upload.initiated())));
            if (found.isPresent()) {
                Map<Integer, Part> parts = bucket.uninterrupted(
                        () -> parts(bucket, name, found.get().uploadId()));
                if (!parts.isEmpty()) {
                    LOG.info("Going on with an upload of {} that has {} parts", key, parts.size());
                    return new MultipartUpload(bucket, name, found.get().uploadId(), parts);
                }
            }
        } catch (SdkException e) {
            LOG.debug("The unfinished uploads of {} cannot be listed; beginning another", key, e);
        }
        return begun(bucket, key);
    }

    private static boolean isOurKind(Bucket bucket, software.amazon.awssdk.services.s3.model.MultipartUpload upload) {
        return upload.checksumAlgorithm() == null
                || (bucket.settings.sendsChecksums() && upload.checksumAlgorithm() == ChecksumAlgorithm.CRC32_C);
    }

    private static Map<Integer, Part> parts(Bucket bucket, String name, String id) {
        Map<Integer, Part> parts = new HashMap<>();
        ListPartsRequest request = ListPartsRequest.builder()
                .bucket(bucket.location.bucket())
                .key(name)
                .uploadId(id)
                .build();
        for (ListPartsResponse page : bucket.client.listPartsPaginator(request)) {
            page.parts().forEach(part -> parts.put(part.partNumber(), part));
        }
        return parts;
    }

    /** Sends a part, unless the store has it. */
    CompletedPart send(int number, byte[] buffer, int length) {
        CompletedPart.Builder completed = CompletedPart.builder().partNumber(number);
        UploadPartRequest.Builder request = UploadPartRequest.builder()
                .bucket(bucket.location.bucket())
                .key(name)
                .uploadId(id)
                .partNumber(number)
                .contentLength((long) length)
                .overrideConfiguration(bucket.settings.limits().timeFor(length));
        if (bucket.settings.sendsChecksums()) {
            String crc = Checksums.crc32c(buffer, length);
            completed.checksumCRC32C(crc);
            request.checksumCRC32C(crc);
        }
        Part there = known.get(number);
        if (there != null && there.size() == length && unquoted(there.eTag()).equals(Checksums.md5(buffer, length))) {
            return completed.eTag(there.eTag()).build();
        }
        try {
            UploadPartResponse answer =
                    bucket.client.uploadPart(request.build(), new BufferBody(buffer, length).body());
            return completed.eTag(answer.eTag()).build();
        } catch (SdkException e) {
            throw goneOr(e);
        }
    }

    /** Makes a part of bytes of another object; the bounds are inclusive. */
    CompletedPart copy(int number, StoredObject source, long first, long last) {
        CopyPartResult answer = bucket.client
                .uploadPartCopy(request -> request.sourceBucket(bucket.location.bucket())
                        .sourceKey(bucket.location.nameOf(source.key()))
                        .destinationBucket(bucket.location.bucket())
                        .destinationKey(name)
                        .uploadId(id)
                        .partNumber(number)
                        .copySourceIfMatch(source.etag())
                        .copySourceRange("bytes=" + first + "-" + last))
                .copyPartResult();
        if (answer == null) {
            throw SdkClientException.create("the copy of a part was answered without an ETag");
        }
        return CompletedPart.builder().partNumber(number).eTag(answer.eTag()).build();
    }

    /** Makes the object visible. */
    CompleteMultipartUploadResponse complete(List<CompletedPart> parts) {
        try {
            return bucket.client.completeMultipartUpload(request -> request.bucket(bucket.location.bucket())
                    .key(name)
                    .uploadId(id)
                    .multipartUpload(upload -> upload.parts(parts)));
        } catch (SdkException e) {
            throw goneOr(e);
        }
    }

    /** Gives up: the store deletes the parts. */
    boolean abort() {
        try {
            bucket.client.abortMultipartUpload(request ->
                    request.bucket(bucket.location.bucket()).key(name).uploadId(id));
            return true;
        } catch (SdkException e) {
            LOG.debug("An upload of {} could not be ended; its parts stay until the bucket's rules end it", name, e);
            return false;
        }
    }

    /** An upload of somebody else's that refuses us is none to go on with. */
    private RuntimeException goneOr(SdkException e) {
        String code = Failures.code(e);
        boolean isRefused = !known.isEmpty() && Failures.status(e) == Failures.BAD_REQUEST;
        return isRefused || "NoSuchUpload".equals(code) || "InvalidPart".equals(code) ? new GoneException(e) : e;
    }

    /** The etag that an object of these parts has, where a part's is its MD5; else one that no object has. */
    static String etagOf(List<CompletedPart> parts) {
        MessageDigest digest = Checksums.md5();
        for (CompletedPart part : parts) {
            try {
                digest.update(HexFormat.of().parseHex(unquoted(part.eTag())));
            } catch (IllegalArgumentException e) {
                return "";
            }
        }
        return HexFormat.of().formatHex(digest.digest()) + "-" + parts.size();
    }

    private static String unquoted(@Nullable String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }

    /** A buffer's start as a body that can be sent again. */
    private record BufferBody(byte[] buffer, int length) {
        RequestBody body() {
            return RequestBody.fromContentProvider(
                    () -> new java.io.ByteArrayInputStream(buffer, 0, length), length, "application/octet-stream");
        }
    }

    /** The upload is over or has other parts: somebody else has completed or ended it. */
    static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final SdkException failure;

        GoneException(SdkException failure) {
            super("somebody else has ended this upload, expected to be alone", failure);
            this.failure = failure;
        }

        SdkException failure() {
            return failure;
        }
    }
}
