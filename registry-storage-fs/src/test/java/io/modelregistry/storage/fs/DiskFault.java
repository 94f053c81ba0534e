package io.modelregistry.storage.fs;

import io.modelregistry.storm.Disturbance;

/** How a call of the disk goes wrong. */
enum DiskFault implements Disturbance {
    /** The call fails and has no effect. */
    IO_ERROR,
    /** The call fails and had its effect, as a network's file system may do it. */
    IO_ERROR_AFTER,
    /** What takes space finds none. */
    NO_SPACE,
    /** A file takes half of the bytes. */
    SHORT_WRITE,
    /** What was written cannot be forced. */
    FORCE_FAILED,
    /** A file cannot be read to the end. */
    SHORT_READ,
    /** All calls fail from one on. */
    GONE;

    @Override
    public Strike begin(int call, long seed) {
        return new DiskStrike(this, call);
    }
}
