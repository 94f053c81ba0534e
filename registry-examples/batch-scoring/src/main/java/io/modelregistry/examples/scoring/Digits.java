package io.modelregistry.examples.scoring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The bundled data: handwritten digits of 8 x 8 pixels, held back for tests, and a model that was trained on others.
 */
final class Digits {
    static final int PIXELS = 64;

    private Digits() {}

    /** The images, 64 values from 0 to 1 each. */
    static List<float[]> rows() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(resource("digits-test-x.f32")).order(ByteOrder.LITTLE_ENDIAN);
        List<float[]> rows = new ArrayList<>();
        while (bytes.hasRemaining()) {
            float[] row = new float[PIXELS];
            for (int i = 0; i < PIXELS; i++) {
                row[i] = bytes.getFloat();
            }
            rows.add(row);
        }
        return rows;
    }

    /** The digit that each image shows. */
    static List<Long> labels() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(resource("digits-test-y.i64")).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> labels = new ArrayList<>();
        while (bytes.hasRemaining()) {
            labels.add(bytes.getLong());
        }
        return labels;
    }

    /** The names of the columns of the bundled CSV file, which has no header: 64 pixels from 0 to 16, and the label. */
    static List<String> columns() {
        List<String> names = new ArrayList<>(
                IntStream.range(0, PIXELS).mapToObj(i -> "pixel" + i).toList());
        names.add("label");
        return names;
    }

    /** Copies a bundled file to a folder. */
    static Path file(String name, Path folder) throws IOException {
        return Files.write(folder.resolve(name), resource(name));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Digits.class.getResourceAsStream("/models/" + name)) {
            if (in == null) {
                throw new IOException("The example lacks its resource " + name);
            }
            return in.readAllBytes();
        }
    }
}
