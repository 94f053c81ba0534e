package io.modelregistry.examples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The bundled data: handwritten digits of 8 x 8 pixels, held back for tests, and models that were trained on others.
 */
final class Digits {
    private static final int PIXELS = 64;
    private static final float WHITE = 16f;
    private static final List<String> SAVED_MODEL =
            List.of("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001");

    private Digits() {}

    /**
     * Images and what they show.
     *
     * @param pixels one row of 64 values from 0 to 1 for each image
     * @param labels the digit that each image shows
     */
    record Rows(float[][] pixels, long[] labels) {}

    /** The 450 rows of the test set. */
    static Rows testRows() throws IOException {
        List<float[]> pixels = new ArrayList<>();
        List<Long> labels = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(resource("digits-test.csv"), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",", -1);
                if (Character.isDigit(cells[0].charAt(0))) {
                    float[] row = new float[PIXELS];
                    for (int i = 0; i < PIXELS; i++) {
                        row[i] = Float.parseFloat(cells[i]) / WHITE;
                    }
                    pixels.add(row);
                    labels.add(Long.parseLong(cells[PIXELS]));
                }
            }
        }
        return new Rows(
                pixels.toArray(float[][]::new),
                labels.stream().mapToLong(Long::longValue).toArray());
    }

    /** Copies a bundled model file to a folder, as if it came from the people who trained it. */
    static Path modelFile(String name, Path folder) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (InputStream in = resource(name)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Copies the bundled TensorFlow model to a folder. */
    static Path savedModel(Path folder) throws IOException {
        for (String file : SAVED_MODEL) {
            modelFile("digits-mlp-savedmodel/" + file, folder);
        }
        return folder.resolve("digits-mlp-savedmodel");
    }

    /** An image as a person sees it. */
    static String picture(float[] pixels) {
        StringBuilder picture = new StringBuilder();
        for (int row = 0; row < 8; row++) {
            picture.append("      ");
            for (int column = 0; column < 8; column++) {
                picture.append(" .:*#".charAt(Math.round(pixels[row * 8 + column] * 4)))
                        .append(' ');
            }
            picture.append('\n');
        }
        return picture.toString();
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = Digits.class.getResourceAsStream("/models/" + name);
        if (in == null) {
            throw new IOException("The quickstart lacks its resource " + name);
        }
        return in;
    }
}
