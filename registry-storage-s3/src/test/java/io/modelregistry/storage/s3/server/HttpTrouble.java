package io.modelregistry.storage.s3.server;

/** What the front does to one request. */
public enum HttpTrouble {
    /** Nothing. */
    NONE,
    /** Breaks the connection before the server sees the request. */
    RESET_BEFORE,
    /** Lets the server carry it out, and breaks the connection instead of answering. */
    LOSE_REPLY,
    /** Answers 500 without the server. */
    ERROR_500,
    /** Lets the server carry it out, and answers 500. */
    ERROR_500_AFTER,
    /** Answers 503 with Retry-After without the server. */
    SLOW_DOWN,
    /** Answers 409 to it, as AWS does when conditional writes meet. */
    CONFLICT_409,
    /** Answers the first half of the server's answer and breaks the connection. */
    TRUNCATE,
    /** Lets the server carry it out twice, and passes on the second answer. */
    REPEAT,
    /** Waits a little before it passes it on. */
    SLOW,
    /** Passes it on, and never answers. */
    HANG
}
