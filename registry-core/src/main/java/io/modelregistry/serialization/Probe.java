package io.modelregistry.serialization;

import java.io.IOException;
import java.util.Optional;

/**
 * Recognises one family of formats by its bytes. Reads little when the first bytes do not fit, and never trusts a
 * length.
 */
@FunctionalInterface
interface Probe {
    /** What it is; empty when it is none of this probe's formats. Throws only what reading throws. */
    Optional<Finding> probe(ByteSource bytes) throws IOException;
}
