package io.modelregistry.storage.fs;

import java.time.Instant;

/**
 * What a path names, without following a symbolic link.
 *
 * @param kind what it is
 * @param size its length in bytes, meaningful for files
 * @param lastModified as fine as the file system keeps it
 * @param identity which file it is (device and inode); empty where the file system does not tell
 */
record FileFacts(Kind kind, long size, Instant lastModified, String identity) {
    /** The kinds that matter to a store. */
    enum Kind {
        FILE,
        FOLDER,
        SYMBOLIC_LINK,
        OTHER
    }

    boolean isFile() {
        return kind == Kind.FILE;
    }

    boolean isFolder() {
        return kind == Kind.FOLDER;
    }
}
