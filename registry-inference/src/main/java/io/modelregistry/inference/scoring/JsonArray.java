package io.modelregistry.inference.scoring;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.modelregistry.inference.Tensor;
import io.modelregistry.model.DataType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a nested JSON array into the elements and the sizes of a tensor. */
final class JsonArray {
    private static final int UNKNOWN = -1;

    private final DataType type;
    private final ElementSink elements;
    private final List<Long> sizes = new ArrayList<>();
    private boolean hasElements;

    JsonArray(DataType type) {
        this.type = type;
        this.elements = new ElementSink(type, 16);
    }

    /** Reads the value at the parser, and returns what is wrong with it; null for nothing. */
    @Nullable
    String read(JsonParser json) throws IOException {
        return read(json, 0);
    }

    long[] sizes() {
        return sizes.stream().mapToLong(size -> size).toArray();
    }

    Tensor tensor(long[] shape) {
        return elements.tensor(shape);
    }

    private @Nullable String read(JsonParser json, int depth) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            return readElement(json, depth);
        }
        if (depth == sizes.size()) {
            if (hasElements) {
                return "its arrays differ in depth";
            }
            sizes.add((long) UNKNOWN);
        }
        long size = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String problem = read(json, depth + 1);
            if (problem != null) {
                return problem;
            }
            size++;
        }
        if (sizes.get(depth) != UNKNOWN && sizes.get(depth) != size) {
            return "its arrays differ in length";
        }
        sizes.set(depth, size);
        return null;
    }

    private @Nullable String readElement(JsonParser json, int depth) throws IOException {
        JsonToken token = json.currentToken();
        String text = json.getText();
        boolean fits = token.isNumeric()
                ? type != DataType.BYTES
                : token == JsonToken.VALUE_STRING
                        ? type == DataType.BYTES || (type.isFloatingPoint() && JsonFormat.isNotFinite(text))
                        : token.isBoolean() && type == DataType.BOOL;
        if (depth != sizes.size()) {
            return "its arrays differ in depth";
        }
        try {
            if (fits) {
                elements.add(text);
                hasElements = true;
                return null;
            }
        } catch (IllegalArgumentException e) {
            // No element of the type; said below.
        }
        return "%s is not %s".formatted(shown(json, text), ElementSink.expected(type));
    }

    private static String shown(JsonParser json, String text) {
        String cut = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return json.currentToken() == JsonToken.VALUE_STRING ? "'" + cut + "'" : cut;
    }
}
