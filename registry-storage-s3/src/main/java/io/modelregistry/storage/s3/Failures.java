package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageReadOnlyException;
import io.modelregistry.storage.StorageUnreachableException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Turns the errors of the SDK into those of the storage SPI: what happened, and what would help. */
final class Failures {
    static final int BAD_REQUEST = 400;
    static final int NOT_MODIFIED = 304;
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int CONFLICT = 409;
    static final int PRECONDITION_FAILED = 412;
    static final int RANGE_NOT_SATISFIABLE = 416;
    static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    /** Codes about credentials that come with other states than 401 and 403, too. */
    private static final Set<String> CREDENTIALS = Set.of(
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
            "InvalidToken",
            "AccessDenied");

    /** Codes of 403 for what other credentials and permissions would not change. */
    private static final Set<String> OTHERWISE_FORBIDDEN =
            Set.of("RequestTimeTooSkewed", "RequestExpired", "InvalidObjectState", "QuotaExceeded");

    private final Location location;
    private final Duration requestTimeout;
    private final BooleanSupplier isNodeClosed;

    Failures(Location location, Duration requestTimeout, BooleanSupplier isNodeClosed) {
        this.location = location;
        this.requestTimeout = requestTimeout;
        this.isNodeClosed = isNodeClosed;
    }

    /** The HTTP status that an error is about; 0 if there was no answer. */
    static int status(SdkException e) {
        return e instanceof AwsServiceException service ? service.statusCode() : 0;
    }

    /** The error code of S3's answer, or an empty text. */
    static String code(SdkException e) {
        AwsErrorDetails details = e instanceof AwsServiceException service ? service.awsErrorDetails() : null;
        String code = details == null ? null : details.errorCode();
        return code == null ? "" : code;
    }

    private static Optional<SdkHttpResponse> answer(SdkException e) {
        AwsErrorDetails details = e instanceof AwsServiceException service ? service.awsErrorDetails() : null;
        return Optional.ofNullable(details == null ? null : details.sdkHttpResponse());
    }

    /** Whether the answer is a web page, so that no S3 server gave it. */
    static boolean isPage(SdkHttpResponse answer) {
        return answer.firstMatchingHeader("Content-Type")
                .map(type -> type.toLowerCase(Locale.ROOT))
                .map(type -> type.startsWith("text/html") || type.startsWith("text/plain"))
                .orElse(false);
    }

    /** Whether the request was refused because there is no such object, as far as the answer tells. */
    static boolean isMissing(SdkException e) {
        return status(e) == NOT_FOUND
                && (code(e).isEmpty() || "NoSuchKey".equals(code(e)) || "NotFound".equals(code(e)))
                && answer(e).filter(Failures::isPage).isEmpty();
    }

    /** Whether the store has refused a request for now, so that it did nothing. */
    static boolean isBusy(SdkException e) {
        return status(e) == TOO_MANY || "RequestTimeout".equals(code(e)) || (status(e) == 0 && wasNeverSent(e));
    }

    /** Whether a request that failed may have taken effect all the same, now or in one of its tries. */
    static boolean isDoubtful(SdkException e) {
        Integer tries = e.numAttempts();
        if (tries != null && tries > 1) {
            return true;
        }
        if (e instanceof AwsServiceException) {
            return status(e) >= SERVER_ERROR;
        }
        return !wasNeverSent(e);
    }

    private static boolean wasNeverSent(SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof RejectedExecutionException
                    || cause instanceof HostCredentials.UnavailableException
                    || isAboutCredentials(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAboutCredentials(Throwable e) {
        String said = e.getMessage();
        return said != null && said.contains("Unable to load credentials");
    }

    /** A failed read or listing. */
    StorageException reading(String action, @Nullable StorageKey key, SdkException e) {
        return failed(action, key, e);
    }

    private StorageException failed(String action, @Nullable StorageKey key, SdkException e) {
        if (isClosed(e)) {
            return new StorageClosedException(
                    key, "Cannot %s: the node was closed meanwhile, expected an open one".formatted(action), e);
        }
        String message = "Cannot %s: %s".formatted(action, why(e));
        if (!(e instanceof AbortedException) && looksInterrupted(e)) {
            StorageException busy = new StorageUnreachableException(key, message, null);
            busy.addSuppressed(e); // As a cause it would look like an interrupt.
            return busy;
        }
        Optional<HostCredentials.UnavailableException> credentials = credentialsFailure(e);
        if (credentials.isPresent()) {
            return withoutCredentials(key, message, credentials.get());
        }
        if (isUnanswered(e)) {
            return new StorageUnreachableException(key, message, e);
        }
        return isDenied(e)
                ? new StorageDeniedException(key, message, e)
                : new StorageException(key, message, causeOf(e));
    }

    private static Optional<HostCredentials.UnavailableException> credentialsFailure(SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof HostCredentials.UnavailableException unavailable) {
                return Optional.of(unavailable);
            }
        }
        return Optional.empty();
    }

    /** The host's provider gave none: because it was told no, or for reasons that say nothing of the store. */
    private static StorageException withoutCredentials(
            @Nullable StorageKey key, String message, HostCredentials.UnavailableException failure) {
        boolean isDenied = failure.getCause() instanceof AwsServiceException no
                && no.statusCode() >= BAD_REQUEST
                && no.statusCode() < SERVER_ERROR;
        if (isDenied) {
            return new StorageDeniedException(key, message, failure);
        }
        StorageException failed = new StorageException(key, message, null);
        failed.addSuppressed(failure); // As a cause, its own connection that failed would look like the store's.
        return failed;
    }

    /** Whether the store does not know the credentials or does not let them do this, or there are none. */
    private static boolean isDenied(SdkException e) {
        if (!(e instanceof AwsServiceException)) {
            return isAboutCredentials(e);
        }
        if (answer(e).filter(Failures::isPage).isPresent()) {
            return false; // No S3 server said so.
        }
        boolean isForbidden = status(e) == UNAUTHORIZED || status(e) == FORBIDDEN;
        return CREDENTIALS.contains(code(e)) || (isForbidden && !OTHERWISE_FORBIDDEN.contains(code(e)));
    }

    /** What the host's code throws into a request may look the same, so the node has to be closed indeed. */
    private boolean isClosed(SdkException e) {
        return isNodeClosed.getAsBoolean()
                && (e.getCause() instanceof RejectedExecutionException
                        || e.getCause() instanceof IllegalStateException);
    }

    /** All connections being in use is told by a kind of interruption that is none. */
    private static boolean looksInterrupted(SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException)) {
                return true;
            }
        }
        return false;
    }

    /** Whether no answer of the store came, as opposed to one that says no: what others say in its place is none. */
    private static boolean isUnanswered(SdkException e) {
        if (e instanceof AwsServiceException) {
            return status(e) >= SERVER_ERROR;
        }
        return !(e instanceof AbortedException) && !isAboutCredentials(e);
    }

    /** A failed write, copy or delete that took no effect. */
    StorageException writing(String action, StorageKey key, SdkException e) {
        if (isDenied(e) && (code(e).isEmpty() || "AccessDenied".equals(code(e)))) {
            return new StorageReadOnlyException(
                    key,
                    "Cannot %s: the credentials may not write to %s, expected the permissions s3:PutObject and s3:DeleteObject"
                            .formatted(action, location),
                    e);
        }
        return failed(action, key, e);
    }

    /** The error as a cause; an interrupt becomes one that Java knows, and stays set. */
    private static Throwable causeOf(SdkException e) {
        if (!(e instanceof AbortedException)) {
            return e;
        }
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("the thread was interrupted");
        interrupted.initCause(e);
        return interrupted;
    }

    /** What went wrong and what would help, without secrets. */
    String why(SdkException e) {
        if (e instanceof AwsServiceException service) {
            return whyRefused(service);
        }
        if (e instanceof AbortedException) {
            return "the thread was interrupted, expected to be let finish";
        }
        return whyUnanswered(e);
    }

    private String whyRefused(AwsServiceException e) {
        if (answer(e).filter(Failures::isPage).isPresent()) {
            return "the endpoint answered a web page (status " + e.statusCode() + "), expected one of an S3 server";
        }
        String code = code(e);
        return switch (code) {
            case "NoSuchBucket" ->
                "there is no bucket '" + location.bucket() + "', expected the name of an existing one";
            case "InvalidAccessKeyId" ->
                "the store does not know the access key, expected credentials of this store" + hint(e);
            case "SignatureDoesNotMatch" ->
                "the secret key does not belong to the access key, expected credentials of this store";
            case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException" ->
                "the session's credentials have expired, expected fresh ones";
            case "InvalidToken" -> "the session token is not valid, expected one that belongs to the access key";
            case "RequestTimeTooSkewed", "RequestExpired" ->
                "the clock of this host is too far from the store's, expected a synchronised one" + clockOf(e);
            case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
                "the bucket is in another region" + regionOf(e) + ", expected that one";
            case "AccessDenied", "AllAccessDisabled", "AccountProblem" ->
                "access to " + location + " is denied, expected the permissions s3:GetObject and s3:ListBucket";
            case "XAmzContentSHA256Mismatch", "BadDigest", "InvalidDigest" ->
                "the bytes were damaged on the way or the store misread their checksum, expected another try or "
                        + ChecksumMode.WHEN_REQUIRED;
            case "SlowDown", "TooManyRequests", "ServiceUnavailable", "RequestLimitExceeded" ->
                "the store asks to slow down (" + code + "), expected fewer requests at a time";
            default -> whyStatus(e, code);
        };
    }

    private String whyStatus(AwsServiceException e, String code) {
        String said = code.isEmpty() ? "" : " (" + code + ")";
        int status = e.statusCode();
        if (status == FORBIDDEN) {
            return "access to " + location + " is denied" + said
                    + ", expected credentials with s3:GetObject and s3:ListBucket (without the latter, S3 denies"
                    + " what does not exist)";
        }
        if (status == 301 || status == 307) {
            return "the bucket is in another region" + regionOf(e) + ", expected that one";
        }
        return "the store answered " + status + said + ", expected it to serve the request";
    }

    private static String hint(AwsServiceException e) {
        String id = e.requestId();
        return id == null ? "" : " (request " + id + ")";
    }

    private static String regionOf(AwsServiceException e) {
        return answer(e)
                .flatMap(answer -> answer.firstMatchingHeader("x-amz-bucket-region"))
                .map(region -> " (" + region + ")")
                .orElse("");
    }

    private static String clockOf(AwsServiceException e) {
        return answer(e)
                .flatMap(answer -> answer.firstMatchingHeader("Date"))
                .map(date -> " (it is " + date + " there)")
                .orElse("");
    }

    private String whyUnanswered(SdkException e) {
        if (looksInterrupted(e) || e.getCause() instanceof CancellationException) {
            return "all connections are in use, expected streams to be closed";
        }
        if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
            return "the store did not answer in time, expected an answer within " + requestTimeout;
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (isAboutCredentials(cause)) {
                return "there are no credentials, expected some from the environment, a profile or the builder";
            }
            if (cause instanceof HostCredentials.UnavailableException) {
                return "the credentials provider failed (" + innermost(e) + "), expected credentials";
            }
            if (cause instanceof UnknownHostException) {
                return "the endpoint's host is unknown, expected the name of a reachable one";
            }
            if (cause instanceof SocketTimeoutException || cause instanceof ApiCallAttemptTimeoutException) {
                return "the store did not answer in time, expected an answer within " + requestTimeout;
            }
            if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
                return "the endpoint cannot be reached (" + cause.getClass().getSimpleName()
                        + "), expected a running S3 server there";
            }
            if (cause instanceof SSLException) {
                return "the endpoint's certificate or TLS was refused, expected one that this JVM trusts";
            }
        }
        return "the request failed (" + innermost(e) + "), expected an answer of an S3 server";
    }

    private static String innermost(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = cause.getMessage();
        String type = cause.getClass().getSimpleName();
        if (said == null || said.isBlank()) {
            return type;
        }
        String line = said.lines().findFirst().orElse("").strip();
        int most = 160;
        return type + ": " + (line.length() > most ? line.substring(0, most) + "..." : line);
    }
}
