package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/** NumPy's {@code .npy} (format 1.0 to 3.0): arrays as data, unless their elements are Python objects. */
final class NumpyProbe implements Probe {
    private static final int MAX_HEADER = 4 << 10;

    /**
     * Element types such as {@code |O} and {@code |O8}, also inside records; a field whose name ends so is a false
     * alarm.
     */
    private static final Pattern OBJECTS = Pattern.compile("O\\d*['\"]|object");

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        return array(bytes);
    }

    static Optional<Finding> array(ByteSource bytes) throws IOException {
        if (!bytes.startsWith(0, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
            return Optional.empty();
        }
        long major = bytes.number(6, 1);
        int lengthBytes = major == 1 ? 2 : 4;
        long length = bytes.number(8, lengthBytes);
        String header = bytes.latin(8 + lengthBytes, (int) Math.min(Math.max(length, 0), MAX_HEADER));
        if (major < 1 || major > 3 || !header.contains("'descr'")) {
            return Optional.of(
                    Finding.likely(Framework.of("numpy"), "npy", LoadSafety.UNKNOWN, "it begins like a NumPy array")
                            .damage("its header cannot be read"));
        }
        Finding finding = Finding.certain(
                Framework.of("numpy"), "npy", LoadSafety.DATA_ONLY, "it is a NumPy array: " + header.strip());
        if (length > MAX_HEADER) {
            finding.atLeast(LoadSafety.UNKNOWN);
        }
        if (OBJECTS.matcher(header).find()) {
            finding.atLeast(LoadSafety.EXECUTES_CODE)
                    .warn("its elements are Python objects: a pickle, which executes code when it is loaded");
        }
        return Optional.of(finding);
    }
}
