package io.modelregistry.model;

/**
 * A version of which trailing numbers may be open: {@code 1}, {@code 1.x}, {@code 1.2.*}, {@code 1.2.3-rc.1}.
 *
 * @param major the first number, or {@link #OPEN}
 * @param minor the second number, or {@link #OPEN}
 * @param patch the third number, or {@link #OPEN}
 * @param preRelease the identifiers behind the hyphen, possibly none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and as short-lived as the parser
record PartialVersion(long major, long minor, long patch, String[] preRelease) {
    /** A number that is missing or written {@code x}, {@code X} or {@code *}. */
    static final long OPEN = -1;

    boolean isAny() {
        return major == OPEN;
    }

    boolean isFull() {
        return major != OPEN && minor != OPEN && patch != OPEN;
    }

    /** Whether a number follows an open one, as in {@code x.1}. */
    boolean hasNumberBehindOpen() {
        return (major == OPEN && minor != OPEN) || (minor == OPEN && patch != OPEN);
    }

    /** The first version that it means, pre-release identifiers included when it is full. */
    ModelVersion first() {
        if (minor == OPEN || patch == OPEN) {
            return ModelVersion.bound(major, Math.max(0, minor), 0);
        }
        return ModelVersion.bound(major, minor, patch, preRelease);
    }

    /** The first release behind those that it means when numbers are open, or behind its patch releases. */
    ModelVersion end() {
        return minor == OPEN ? ModelVersion.bound(major + 1, 0, 0) : ModelVersion.bound(major, minor + 1, 0);
    }

    /** The first release that is incompatible with it: the leftmost number that is not zero is raised. */
    ModelVersion compatibleEnd() {
        if (major != 0 || minor == OPEN) {
            return ModelVersion.bound(major + 1, 0, 0);
        }
        if (minor != 0 || patch == OPEN) {
            return ModelVersion.bound(0, minor + 1, 0);
        }
        return ModelVersion.bound(0, 0, patch + 1);
    }
}
