package io.modelregistry.storage.s3;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Lists objects and folders, a thousand with each request. Objects that are no keys of a store (markers of folders,
 * what others keep there) are passed over.
 */
final class Listing {
    private static final int PAGE = 1_000;
    /** Behind every character that a key may have. */
    private static final char LAST = '\u007f';

    private final Bucket bucket;

    Listing(Bucket bucket) {
        this.bucket = bucket;
    }

    List<ListedObject> objects(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        String start = bucket.location.nameOf(prefix);
        String after = startAfter == null ? null : bucket.location.nameOf(startAfter);
        List<ListedObject> found = new ArrayList<>();
        String token = null;
        if (after != null && after.compareTo(start) > 0 && !after.startsWith(start)) {
            return found; // behind the folder
        }
        while (true) {
            ListObjectsV2Response page = page(prefix, new Place(start, after, token), null, limit - found.size());
            for (S3Object object : page.contents()) {
                Optional<StorageKey> key = after != null && object.key().compareTo(after) <= 0
                        ? Optional.empty()
                        : bucket.location.keyOf(object.key());
                if (key.isPresent() && found.size() < limit) {
                    found.add(new ListedObject(
                            key.get(),
                            object.size() == null ? 0 : object.size(),
                            object.lastModified() == null ? Instant.EPOCH : object.lastModified()));
                }
            }
            if (found.size() == limit || !goesOn(page)) {
                return List.copyOf(found);
            }
            if (page.contents().isEmpty()) {
                token = page.nextContinuationToken(); // Some stores page over what is no longer there.
            } else {
                after = page.contents().get(page.contents().size() - 1).key();
                token = null;
            }
        }
    }

    List<String> folders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        String start = bucket.location.nameOf(prefix);
        List<String> found = new ArrayList<>();
        String last = startAfter;
        String after = last == null ? null : start + last + "/" + LAST;
        String token = null;
        while (true) {
            ListObjectsV2Response page = page(prefix, new Place(start, after, token), "/", limit - found.size());
            String reached = after;
            for (S3Object object : page.contents()) {
                reached = later(reached, object.key());
            }
            for (CommonPrefix common : page.commonPrefixes()) {
                String text = common.prefix();
                reached = later(reached, text + LAST);
                String name = text.substring(start.length(), text.length() - 1);
                boolean isNew = last == null || (name + "/").compareTo(last + "/") > 0;
                if (isNew
                        && found.size() < limit
                        && bucket.location.keyOf(text + "x").isPresent()) {
                    found.add(name);
                    last = name;
                }
            }
            if (found.size() == limit || !goesOn(page)) {
                return List.copyOf(found);
            }
            token = Objects.equals(reached, after) ? page.nextContinuationToken() : null;
            after = reached;
        }
    }

    private static String later(@Nullable String one, String other) {
        return one == null || one.compareTo(other) < 0 ? other : one;
    }

    private static boolean goesOn(ListObjectsV2Response page) {
        return Boolean.TRUE.equals(page.isTruncated());
    }

    /**
     * Where a page begins.
     *
     * @param start of the names of all objects that are listed
     * @param after the name behind which the page begins
     * @param token what the store gave with a page that did not get on
     */
    private record Place(
            String start, @Nullable String after, @Nullable String token) {}

    private ListObjectsV2Response page(KeyPrefix prefix, Place place, @Nullable String delimiter, int limit)
            throws IOException {
        ListObjectsV2Request request = ListObjectsV2Request.builder()
                .bucket(bucket.location.bucket())
                .prefix(place.start)
                .startAfter(place.token == null ? place.after : null)
                .continuationToken(place.token)
                .delimiter(delimiter)
                .maxKeys(Math.min(PAGE, limit))
                .build();
        String action = "list objects below '" + prefix + "'";
        ListObjectsV2Response page = bucket.read(action, null, client -> client.listObjectsV2(request));
        if (Failures.isPage(page.sdkHttpResponse())) {
            throw new StorageException(
                    null, "Cannot %s: the endpoint answered a web page, expected an S3 server".formatted(action), null);
        }
        return page;
    }
}
