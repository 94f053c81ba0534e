package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HDF5 (its signature at 0, or after a user block of 512 bytes or a power of two more), and Keras in it by the names
 * and values of its attributes. The object tree is not followed: the attributes are looked for in the first and last
 * bytes of the file.
 */
final class Hdf5Probe implements Probe {
    private static final int[] SIGNATURE = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int FIRST_USER_BLOCK = 512;
    private static final long LAST_USER_BLOCK = 1 << 20;
    private static final int WINDOW = 2 << 20;
    private static final long MAX_PARSED = 16 << 20;
    private static final long LEAST_PARSED = 4 << 10;
    private static final Pattern VERSION =
            Pattern.compile("(?<![0-9.A-Za-z])\\d{1,2}\\.\\d{1,3}\\.\\d{1,3}(-tf)?(?![0-9.A-Za-z])");

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        boolean found = bytes.startsWith(0, SIGNATURE);
        for (long at = FIRST_USER_BLOCK; !found && at <= LAST_USER_BLOCK && at < bytes.size(); at *= 2) {
            found = bytes.startsWith(at, SIGNATURE);
        }
        if (!found) {
            return Optional.empty();
        }
        byte[] head = bytes.read(0, (int) Math.min(bytes.size(), WINDOW));
        long tailAt = Math.max(head.length, bytes.size() - WINDOW);
        byte[] tail = bytes.read(tailAt, (int) Math.min(bytes.size() - tailAt, WINDOW));
        boolean sawAll = head.length + tail.length >= bytes.size();
        int tailIn = head.length + (sawAll ? 0 : 1);
        byte[] ends = Arrays.copyOf(head, tailIn + tail.length);
        System.arraycopy(tail, 0, ends, tailIn, tail.length);
        Attributes attributes = new Attributes(ends, sawAll);
        Finding finding = attributes.finding();
        bytes.charge(attributes.parsed);
        return Optional.of(finding);
    }

    /** What stands in the two ends of a file. */
    private static final class Attributes {
        private final byte[] bytes;
        private final String text;
        private final boolean sawAll;
        private long parsed;

        Attributes(byte[] bytes, boolean sawAll) {
            this.bytes = bytes;
            this.text = new String(bytes, StandardCharsets.ISO_8859_1);
            this.sawAll = sawAll;
        }

        Finding finding() throws IOException {
            boolean configured = text.contains("model_config");
            boolean keras = configured || text.contains("keras_version") || text.contains("layer_names");
            if (!keras) {
                return Finding.certain(
                        Framework.of("hdf5"),
                        "hdf5",
                        LoadSafety.UNKNOWN,
                        "it is an HDF5 file" + (sawAll ? "" : ", at whose ends") + " without attributes of Keras");
            }
            Finding finding = Finding.likely(
                    Framework.KERAS,
                    configured ? "keras-hdf5" : "keras-hdf5-weights",
                    configured || sawAll ? LoadSafety.DATA_ONLY : LoadSafety.UNKNOWN,
                    "it is an HDF5 file with attributes of Keras");
            version().ifPresent(finding::version);
            if (configured) {
                configuration(finding);
            }
            return finding;
        }

        /**
         * Tries to read a JSON document wherever one may begin, because where it lies is not known. Numbers look like a
         * beginning now and then.
         */
        private void configuration(Finding finding) throws IOException {
            boolean read = false;
            int at = text.indexOf("{\"");
            while (at >= 0 && parsed < MAX_PARSED) {
                KerasConfig config = KerasConfig.in(bytes, at);
                parsed += Math.max(LEAST_PARSED, config.end());
                if (config.isWhole() && config.hasModelClass()) {
                    config.describe(finding);
                    read = true;
                }
                at = text.indexOf("{\"", at + (int) Math.max(2, config.isWhole() ? config.end() : 0));
            }
            if (!read) {
                finding.atLeast(LoadSafety.UNKNOWN).warn("the configuration of its layers was not found");
            } else if (at >= 0) {
                finding.atLeast(LoadSafety.UNKNOWN).warn("more of it looks like a configuration than was read");
            } else if (!sawAll) {
                finding.warn("only its first and last bytes were looked at");
            }
        }

        /** The value that looks most like a version: digits and dots on their own, behind the attribute's name. */
        private Optional<String> version() {
            int name = text.indexOf("keras_version");
            if (name < 0) {
                return Optional.empty();
            }
            Matcher version = VERSION.matcher(text);
            return version.find(name) ? Optional.of(version.group()) : Optional.empty();
        }
    }
}
