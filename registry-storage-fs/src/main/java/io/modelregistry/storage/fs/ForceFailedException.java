package io.modelregistry.storage.fs;

import java.io.IOException;

/**
 * The system was asked to force a file and could not. It reports that once and then forgets it, so asking again would
 * only seem to help.
 */
final class ForceFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ForceFailedException(IOException failure) {
        super(failure.getMessage(), failure);
    }
}
