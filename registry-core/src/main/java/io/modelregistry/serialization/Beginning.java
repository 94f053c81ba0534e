package io.modelregistry.serialization;

/**
 * The beginning of what a compressed stream holds.
 *
 * @param content what could be decompressed; cut when the stream goes on, or broke
 * @param problem why it broke; empty when it did not
 */
record Beginning(ByteSource content, String problem) {
    static Beginning nothing(String problem) {
        return new Beginning(ByteSource.of(new byte[0], true), problem);
    }
}
