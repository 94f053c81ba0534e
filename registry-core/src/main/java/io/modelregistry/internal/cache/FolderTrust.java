package io.modelregistry.internal.cache;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.registry.LocalCacheException;
import io.modelregistry.registry.LocalCacheException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Whether nobody else can change what a folder holds. A system without POSIX permissions is taken to protect it.
 *
 * <p>The user of the process is the owner of a file that it has just made: names of users are not needed, which
 * containers often lack.
 */
final class FolderTrust {
    private static final int OTHERS_WRITE = 0002;
    private static final int GROUP_OR_OTHERS_WRITE = 0022;
    private static final int STICKY = 01000;

    private FolderTrust() {}

    /** Checks a folder, and that nobody can put another one in its place. */
    static void check(Path root, Path own) throws IOException {
        if (!isPosix(root)) {
            return;
        }
        checkPart(root, root, own);
        for (Path parent = root.getParent(); parent != null; parent = parent.getParent()) {
            int mode = mode(parent);
            if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
                throw new LocalCacheException(
                        ErrorCode.DENIED,
                        root,
                        new Reason(
                                "every user can replace folders in its parent '" + parent + "'",
                                "parents that others cannot write, or with the sticky bit (chmod +t)"),
                        null);
            }
        }
    }

    /** Checks a folder of the cache. */
    static void checkPart(Path root, Path part, Path own) throws IOException {
        if (!isPosix(root)) {
            return;
        }
        int owner = uid(part);
        if (owner != uid(own)) {
            throw new LocalCacheException(
                    ErrorCode.DENIED,
                    root,
                    new Reason(
                            "'" + part.getFileName() + "' belongs to another user (uid " + owner + ")",
                            "a folder that belongs to the user of this process (uid " + uid(own) + ")"),
                    null);
        }
        int mode = mode(part);
        if ((mode & GROUP_OR_OTHERS_WRITE) != 0) {
            throw new LocalCacheException(
                    ErrorCode.DENIED,
                    root,
                    new Reason(
                            "other users can write '" + part.getFileName() + "' (permissions "
                                    + Integer.toOctalString(mode & 0777) + ")",
                            "permissions 700; check what is in it, or delete it, and chmod 700"),
                    null);
        }
    }

    /** Whether two files belong to one user; a system without POSIX permissions is taken to keep users apart. */
    static boolean haveOneOwner(Path one, Path other) throws IOException {
        return !isPosix(one) || uid(one) == uid(other);
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }
}
