package io.modelregistry.serialization;

import java.io.IOException;

/**
 * As much was read as looking at one file, or at all files, may cost. Caught where the detection goes on with what it
 * has.
 */
final class ReadLimitException extends IOException {
    private static final long serialVersionUID = 1L;

    ReadLimitException(String what) {
        super(what);
    }
}
