package io.modelregistry.storage.s3;

import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;

/** Copies objects inside the bucket without moving their bytes through this process. */
final class ObjectCopier {
    /** The most that one request copies is 5 GiB; below, one copies in less time than a request may take. */
    static final long AT_ONCE = 256L << 20;

    private final Bucket bucket;
    private final ObjectReader reader;

    ObjectCopier(Bucket bucket, ObjectReader reader) {
        this.bucket = bucket;
        this.reader = reader;
    }

    StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        String action = "copy object '" + from + "'";
        StoredObject source = reader.find(action, from).orElseThrow(() -> Bucket.missing(action, from, null));
        if (from.equals(to)) {
            return source;
        }
        try {
            return source.size() <= AT_ONCE
                    ? bucket.<Copied>uninterrupted(() -> atOnce(source, to)).stored(action, to, source.size())
                    : bucket.<Copied>uninterrupted(() -> inParts(source, to)).stored(action, to, source.size());
        } catch (SdkException e) {
            if (Failures.isMissing(e) || Failures.status(e) == Failures.PRECONDITION_FAILED) {
                throw gone(action, from, e);
            }
            throw bucket.failures.writing(action, from, e);
        }
    }

    private static NoSuchKeyException gone(String action, StorageKey from, SdkException e) {
        return new NoSuchKeyException(
                from, "Cannot %s: it was replaced or deleted meanwhile, expected it to stay".formatted(action), e);
    }

    private Copied atOnce(StoredObject source, StorageKey to) {
        CopyObjectRequest.Builder request = CopyObjectRequest.builder()
                .sourceBucket(bucket.location.bucket())
                .sourceKey(bucket.location.nameOf(source.key()))
                .destinationBucket(bucket.location.bucket())
                .destinationKey(bucket.location.nameOf(to))
                .copySourceIfMatch(source.etag());
        bucket.settings.encryption().ifPresent(encryption -> {
            request.serverSideEncryption(encryption.algorithm());
            encryption.kmsKey().ifPresent(request::ssekmsKeyId);
        });
        CopyObjectResponse answer = bucket.client.copyObject(request.build());
        return (action, key, size) -> new StoredObject(
                key,
                size,
                Bucket.etag(answer.copyObjectResult().eTag(), action, key),
                answer.copyObjectResult().lastModified() == null
                        ? Bucket.date(answer.sdkHttpResponse())
                        : answer.copyObjectResult().lastModified());
    }

    private Copied inParts(StoredObject source, StorageKey to) {
        String name = bucket.location.nameOf(to);
        CreateMultipartUploadRequest.Builder begin = CreateMultipartUploadRequest.builder()
                .bucket(bucket.location.bucket())
                .key(name);
        bucket.settings.encryption().ifPresent(encryption -> {
            begin.serverSideEncryption(encryption.algorithm());
            encryption.kmsKey().ifPresent(begin::ssekmsKeyId);
        });
        String id = bucket.client.createMultipartUpload(begin.build()).uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            long most = Math.max(AT_ONCE, source.size() / 9_000);
            for (long offset = 0; offset < source.size(); offset += most) {
                parts.add(part(source, name, id, parts.size() + 1, offset, Math.min(offset + most, source.size())));
            }
            MultipartUpload.Written written = new MultipartUpload.Written(
                    bucket.client.completeMultipartUpload(request -> request.bucket(bucket.location.bucket())
                            .key(name)
                            .uploadId(id)
                            .multipartUpload(upload -> upload.parts(parts))));
            return written.hasEtag()
                    ? written::stored
                    : (action, key, size) ->
                            reader.find(action, key).orElseThrow(() -> Bucket.missing(action, key, null));
        } catch (SdkException e) {
            abort(name, id, e);
            throw e;
        }
    }

    private CompletedPart part(StoredObject source, String name, String id, int number, long first, long end) {
        UploadPartCopyResponse answer =
                bucket.client.uploadPartCopy(request -> request.sourceBucket(bucket.location.bucket())
                        .sourceKey(bucket.location.nameOf(source.key()))
                        .destinationBucket(bucket.location.bucket())
                        .destinationKey(name)
                        .uploadId(id)
                        .partNumber(number)
                        .copySourceIfMatch(source.etag())
                        .copySourceRange("bytes=" + first + "-" + (end - 1)));
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(answer.copyPartResult().eTag())
                .build();
    }

    private void abort(String name, String id, SdkException failure) {
        try {
            bucket.client.abortMultipartUpload(request ->
                    request.bucket(bucket.location.bucket()).key(name).uploadId(id));
        } catch (SdkException e) {
            failure.addSuppressed(e);
        }
    }

    /** What a copy has become. */
    @FunctionalInterface
    private interface Copied {
        StoredObject stored(String action, StorageKey key, long size) throws IOException;
    }
}
