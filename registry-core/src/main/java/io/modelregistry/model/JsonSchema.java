package io.modelregistry.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Objects;

/**
 * A JSON Schema (draft 2020-12 unless it names another) that describes what a model takes or gives on the level of the
 * application.
 *
 * @param text the schema as compact JSON text
 */
public record JsonSchema(String text) {
    private static final int MAX_LENGTH = 1 << 20;

    /** Checks that the text is one JSON object (without duplicate keys) or a boolean, and makes it compact. */
    public JsonSchema {
        Objects.requireNonNull(text, "text");
        text = compact(text);
    }

    /** The schema with this JSON text. */
    public static JsonSchema parse(String text) {
        return new JsonSchema(text);
    }

    @Override
    public String toString() {
        return text;
    }

    private static String compact(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new InvalidValueException(
                    "JSON Schema", text, "it has " + text.length() + " characters", "at most " + MAX_LENGTH);
        }
        JsonFactory factory = new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(100).build())
                .build();
        ObjectMapper mapper = new ObjectMapper(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        try {
            JsonNode node = mapper.readTree(text);
            if (!node.isObject() && !node.isBoolean()) {
                throw new InvalidValueException(
                        "JSON Schema", text, "it is not a JSON object", "an object or a boolean");
            }
            return mapper.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new InvalidValueException(
                    "JSON Schema", text, "it is not JSON: " + e.getOriginalMessage(), "JSON text");
        }
    }
}
