package io.modelregistry.model;

/**
 * Why an operation of the registry or the runtime failed.
 *
 * <p>The set may grow; code that maps errors (to HTTP, to exit codes) switches on the {@link Category}, which does not.
 */
public enum ErrorCode {
    /** What was asked for does not exist, or the caller may not know that it does. */
    NOT_FOUND(Category.NOT_FOUND, false),
    /** The name or version is taken by something else. */
    ALREADY_EXISTS(Category.CONFLICT, false),
    /** Somebody else changed the same thing first; nothing was changed by this call, which may be tried again. */
    CONFLICT(Category.CONFLICT, true),
    /** The lifecycle policy has no such transition. */
    ILLEGAL_TRANSITION(Category.CONFLICT, false),
    /** The input breaks a rule that the message names. */
    INVALID(Category.INVALID, false),
    /** The caller may see the object but may not do this, or the store refuses the credentials of the process. */
    DENIED(Category.DENIED, false),
    /** Bytes, a signature or a document are not what they claim to be. */
    UNTRUSTED(Category.DENIED, false),
    /** The store failed; the operation had no effect. */
    STORAGE(Category.UNAVAILABLE, false),
    /** The reply was lost and could not be read back: the operation may or may not have taken effect. */
    OUTCOME_UNKNOWN(Category.UNAVAILABLE, false),
    /** A time limit ended the operation. */
    TIMEOUT(Category.UNAVAILABLE, true),
    /** The registry, predictor or node was closed. */
    CLOSED(Category.UNAVAILABLE, false),
    /** Something needed is not there at the moment (an engine, a server). */
    UNAVAILABLE(Category.UNAVAILABLE, true),
    /** This library, engine or format version cannot do that. */
    UNSUPPORTED(Category.INVALID, false),
    /** The engine refused the model. */
    LOAD_FAILED(Category.INVALID, false),
    /** The engine failed on a valid input. */
    PREDICTION_FAILED(Category.UNAVAILABLE, false),
    /** Too much is asked at once; the error says after which time to try again. */
    OVERLOADED(Category.UNAVAILABLE, true),
    /** Too few observations for the statement that was asked for. */
    INSUFFICIENT_DATA(Category.CONFLICT, false);

    private final Category category;
    private final boolean retryable;

    ErrorCode(Category category, boolean retryable) {
        this.category = category;
        this.retryable = retryable;
    }

    /** The fixed category to switch on. */
    public Category category() {
        return category;
    }

    /** Whether the same call may succeed when it is simply made again. */
    public boolean isRetryable() {
        return retryable;
    }

    /** The closed set of categories that every {@link ErrorCode} falls into. */
    public enum Category {
        /** Absent, or invisible to the caller. */
        NOT_FOUND,
        /** The state of the registry does not allow it. */
        CONFLICT,
        /** The request is wrong and will stay wrong. */
        INVALID,
        /** Not allowed, or not trusted. */
        DENIED,
        /** Not possible right now, or not for reasons of the infrastructure. */
        UNAVAILABLE
    }
}
