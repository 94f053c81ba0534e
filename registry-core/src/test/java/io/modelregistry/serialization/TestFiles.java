package io.modelregistry.serialization;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Bytes of model files: the resources, and handmade ones of formats that no resource has. */
final class TestFiles {
    private TestFiles() {}

    static byte[] resource(String path) {
        try (InputStream in = TestFiles.class.getResourceAsStream("/" + path)) {
            if (in == null) {
                throw new IllegalStateException("no test resource " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] number(long value, int size) {
        byte[] eight = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        return Arrays.copyOf(eight, size);
    }

    /** A field of a protocol buffers message, with a length below 2^14. */
    static byte[] field(int number, byte[] content) {
        return join(bytes((number << 3) | 2, (content.length & 0x7f) | 0x80, content.length >>> 7), content);
    }

    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Entries in the order given: name, text, name, text. */
    static byte[] zipOfTexts(String... namesAndTexts) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            entries.put(namesAndTexts[i], ascii(namesAndTexts[i + 1]));
        }
        return zip(entries);
    }

    static byte[] safetensors() {
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        return join(number(header.length(), 8), ascii(header), new byte[8]);
    }

    static byte[] gguf() {
        byte[] key = ascii("general.architecture");
        byte[] other = ascii("llama.context_length");
        return join(
                ascii("GGUF"),
                number(3, 4),
                number(1, 8),
                number(2, 8),
                number(other.length, 8),
                other,
                number(4, 4),
                number(2048, 4),
                number(key.length, 8),
                key,
                number(8, 4),
                number(5, 8),
                ascii("llama"),
                new byte[64]);
    }

    static byte[] lightGbm() {
        return ascii("""
                tree
                version=v4
                num_class=1
                num_tree_per_iteration=1
                label_index=0
                max_feature_idx=2
                objective=binary sigmoid:1
                feature_names=a b c
                tree_sizes=90

                Tree=0
                num_leaves=1
                leaf_value=0.5

                end of trees

                feature_importances:

                parameters:
                end of parameters
                """);
    }

    static byte[] kerasArchive(String layer) {
        return zipOfTexts(
                "metadata.json", "{\"keras_version\":\"3.4.1\",\"date_saved\":\"2026-01-01\"}",
                "config.json",
                        "{\"module\":\"keras\",\"class_name\":\"Sequential\",\"config\":{\"layers\":[" + layer + "]}}",
                "model.weights.h5", "\u0089HDF\r\n\u001a\n");
    }
}
