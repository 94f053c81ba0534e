package io.modelregistry.inference.runtime;

/** Which of the requests that wait goes first; among equals the one that came first. */
public enum Priority {
    /** Before all others. */
    HIGH,
    /** The default. */
    NORMAL,
    /** When nothing else waits. */
    LOW
}
