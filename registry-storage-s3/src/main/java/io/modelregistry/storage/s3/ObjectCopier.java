package io.modelregistry.storage.s3;

import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResult;

/** Copies objects inside the bucket without moving their bytes through this process. */
final class ObjectCopier {
    /** The most that one request copies is 5 GiB; below, one copies in less time than a request may take. */
    static final long AT_ONCE = 256L << 20;

    private final Bucket bucket;
    private final ObjectReader reader;
    private final ReadBack readBack;
    private final long mostAtOnce;

    /**
     * Copies.
     *
     * @param mostAtOnce the most bytes that one request copies
     */
    ObjectCopier(Bucket bucket, ObjectReader reader, long mostAtOnce) {
        this.bucket = bucket;
        this.reader = reader;
        this.readBack = new ReadBack(bucket, reader);
        this.mostAtOnce = mostAtOnce;
    }

    StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        String action = "copy object '" + from + "'";
        StoredObject source = reader.find(action, from).orElseThrow(() -> Bucket.missing(action, from, null));
        if (from.equals(to)) {
            return source;
        }
        try {
            return source.size() <= mostAtOnce ? atOnce(source, to) : inParts(source, to);
        } catch (MultipartUpload.GoneException e) {
            throw new StorageException(from, "Cannot %s: %s".formatted(action, e.getMessage()), e);
        } catch (SdkException e) {
            if (isGone(e)) {
                throw new NoSuchKeyException(
                        from,
                        "Cannot %s: it was replaced or deleted meanwhile, expected it to stay".formatted(action),
                        e);
            }
            throw bucket.failures.writing(action, from, e);
        }
    }

    /** Whether the source is not what it was. */
    private static boolean isGone(SdkException e) {
        return Failures.isMissing(e) || Failures.status(e) == Failures.PRECONDITION_FAILED;
    }

    private StoredObject atOnce(StoredObject source, StorageKey to) throws IOException {
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
        CopyObjectResponse answer;
        try {
            answer = bucket.uninterrupted(() -> bucket.client.copyObject(request.build()));
        } catch (SdkException e) {
            if (Failures.isDoubtful(e) && !isGone(e)) {
                throw readBack.unknown(to, e);
            }
            throw e;
        }
        Optional<CopyObjectResult> made = Optional.ofNullable(answer.copyObjectResult());
        return readBack.answered(
                to,
                source.size(),
                made.map(CopyObjectResult::eTag).orElse(null),
                made.map(CopyObjectResult::lastModified).orElseGet(() -> Bucket.date(answer.sdkHttpResponse())));
    }

    private StoredObject inParts(StoredObject source, StorageKey to) throws IOException {
        MultipartUpload upload = MultipartUpload.begunForCopies(bucket, to);
        try {
            List<CompletedPart> parts = bucket.uninterrupted(() -> parts(source, upload));
            return readBack.completed(to, source.size(), upload, parts);
        } catch (MultipartUpload.GoneException | SdkException e) {
            end(upload, e); // It certainly was not completed.
            throw e;
        }
    }

    private List<CompletedPart> parts(StoredObject source, MultipartUpload upload) {
        List<CompletedPart> parts = new ArrayList<>();
        long most = Math.max(mostAtOnce, source.size() / 9_000);
        for (long offset = 0; offset < source.size(); offset += most) {
            long last = Math.min(offset + most, source.size()) - 1;
            parts.add(upload.copy(parts.size() + 1, source, offset, last));
        }
        return parts;
    }

    private void end(MultipartUpload upload, RuntimeException failure) {
        try {
            bucket.uninterrupted(upload::abort);
        } catch (SdkException e) {
            failure.addSuppressed(e);
        }
    }
}
