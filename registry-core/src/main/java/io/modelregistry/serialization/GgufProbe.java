package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.Optional;

/**
 * GGUF (versions 1 to 3, little-endian): magic, version, counts, then typed key-value pairs of which the first are
 * looked at.
 */
final class GgufProbe implements Probe {
    private static final int MAX_PAIRS = 200;
    private static final int MAX_TEXT = 256;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, -1, -1, 8, 8, 8};

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        if (!bytes.startsWith(0, "GGUF")) {
            return Optional.empty();
        }
        long version = bytes.number(4, 4);
        Finding finding = Finding.certain(
                Framework.GGUF,
                "gguf",
                LoadSafety.DATA_ONLY,
                "it begins with the magic of GGUF and version " + version);
        if (version < 1 || version > 3) {
            return Optional.of(finding.unsure()
                    .damage(
                            version < 0
                                    ? "it ends after its magic: truncated"
                                    : "there is no version " + version + " of it"));
        }
        finding.version(Long.toString(version));
        int width = version == 1 ? 4 : 8;
        long tensors = bytes.number(8, width);
        long pairs = bytes.number(8 + width, width);
        if (tensors < 0 || pairs < 0) {
            return Optional.of(finding.unsure().damage("it ends in the middle of its header: truncated"));
        }
        finding.detail("tensors", Long.toString(tensors));
        if (!pairs(bytes, 8 + 2L * width, width, Math.min(pairs, MAX_PAIRS), finding)) {
            finding.unsure().damage("its key-value pairs do not fit into it: truncated or corrupt");
        }
        return Optional.of(finding);
    }

    /** False when a pair reaches beyond the file. Stops without a verdict at an array of texts, which may be long. */
    private static boolean pairs(ByteSource bytes, long start, int width, long count, Finding finding)
            throws IOException {
        long at = start;
        for (long i = 0; i < count; i++) {
            long keyLength = bytes.number(at, width);
            if (keyLength < 0 || keyLength > bytes.size() - at) {
                return false;
            }
            String key = bytes.utf8(at + width, (int) Math.min(keyLength, MAX_TEXT));
            at += width + keyLength;
            long type = bytes.number(at, 4);
            at += 4;
            long size = type == STRING ? width + bytes.number(at, width) : size(type);
            if (type == ARRAY) {
                long elements = bytes.number(at + 4, width);
                long element = size(bytes.number(at, 4));
                if (element < 0 && bytes.number(at, 4) >= 0) {
                    return true;
                }
                size = elements < 0 || elements > bytes.size() ? -1 : 4 + width + elements * element;
            }
            if (size < 0 || size > bytes.size() - at || (type == STRING && size < width)) {
                return false;
            }
            if (type == STRING) {
                String value = bytes.utf8(at + width, (int) Math.min(size - width, MAX_TEXT));
                describe(finding, key, value);
            }
            at += size;
        }
        return true;
    }

    private static void describe(Finding finding, String key, String value) {
        if (key.equals("general.architecture")) {
            finding.modelType(value);
        } else if (key.startsWith("general.")) {
            finding.detail(key, value);
        }
    }

    private static long size(long type) {
        return type >= 0 && type < SIZES.length ? SIZES[(int) type] : -1;
    }
}
