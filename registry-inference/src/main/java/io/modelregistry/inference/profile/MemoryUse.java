package io.modelregistry.inference.profile;

import java.util.OptionalLong;

/**
 * What loading a model took of memory. Resident memory is that of the whole process, heap included, so that other work
 * in it at the same time counts, too; it is known on Linux only.
 *
 * @param modelBytes the size of the model's files; empty if it is not known
 * @param residentBefore the resident bytes before the load
 * @param residentAfter the resident bytes after the load and a first prediction
 * @param directBefore the bytes of direct buffers before the load
 * @param directAfter the bytes of direct buffers after the load and a first prediction
 */
public record MemoryUse(
        OptionalLong modelBytes,
        OptionalLong residentBefore,
        OptionalLong residentAfter,
        long directBefore,
        long directAfter) {
    /** By how much the resident memory grew; empty where it is not known. */
    public OptionalLong residentGrowth() {
        return residentBefore.isPresent() && residentAfter.isPresent()
                ? OptionalLong.of(residentAfter.getAsLong() - residentBefore.getAsLong())
                : OptionalLong.empty();
    }
}
