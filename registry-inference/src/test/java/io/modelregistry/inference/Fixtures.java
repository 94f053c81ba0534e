package io.modelregistry.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelregistry.model.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The bundled models with the values that scikit-learn and torch computed for them. */
public final class Fixtures {
    private Fixtures() {}

    /** The file of a bundled model. */
    public static Path model(String file) {
        URL url = Objects.requireNonNull(Fixtures.class.getResource("/models/" + file), file);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is known about a model, by its name without suffix. */
    public static JsonNode expected(String name) {
        try {
            JsonNode all = new ObjectMapper().readTree(model("expected.json").toFile());
            JsonNode entry = all.get(name);
            return entry.has("same_as") ? all.get(entry.get("same_as").asText()) : entry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A nested JSON array of numbers as an FP32 tensor. */
    public static Tensor floats(JsonNode array) {
        List<Long> sizes = new ArrayList<>();
        for (JsonNode level = array; level.isArray(); level = level.get(0)) {
            sizes.add((long) level.size());
        }
        List<Float> flat = new ArrayList<>();
        flatten(array, flat);
        float[] values = new float[flat.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = flat.get(i);
        }
        return Tensor.ofFloats(values, sizes.stream().mapToLong(Long::longValue).toArray());
    }

    private static void flatten(JsonNode node, List<Float> flat) {
        if (node.isArray()) {
            node.forEach(child -> flatten(child, flat));
        } else {
            flat.add((float) node.asDouble());
        }
    }

    /** The first rows of the 450 digits for testing, as {@code [rows,64]}. */
    public static Tensor digits(int rows) {
        return Tensor.copyOf(
                DataType.FP32, new long[] {rows, 64}, bytes("digits-test-x.f32").limit(rows * 64 * 4));
    }

    /** The true labels of the digits for testing. */
    public static long[] labels(int rows) {
        long[] labels = new long[rows];
        bytes("digits-test-y.i64").asLongBuffer().get(labels);
        return labels;
    }

    private static ByteBuffer bytes(String file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(model(file))).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
