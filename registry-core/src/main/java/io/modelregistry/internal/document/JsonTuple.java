package io.modelregistry.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.model.RegistryException;
import java.util.Optional;

/**
 * Typed, checked access to the elements of a JSON array whose places have meanings; what is missing or of another type
 * makes the document malformed.
 */
final class JsonTuple {
    private final JsonNode node;
    private final String path;

    private JsonTuple(JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    static JsonTuple of(JsonNode node, String path) throws MalformedDocumentException {
        if (!node.isArray()) {
            throw new MalformedDocumentException(path + " is not a JSON array");
        }
        return new JsonTuple(node, path);
    }

    String text(int place) throws MalformedDocumentException {
        JsonNode value = required(place);
        if (!value.isTextual()) {
            throw wrong(place, "a text");
        }
        return value.textValue();
    }

    long number(int place) throws MalformedDocumentException {
        JsonNode value = required(place);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw wrong(place, "a whole number");
        }
        return value.longValue();
    }

    <T> T value(int place, JsonObject.Parser<T> parser) throws MalformedDocumentException {
        String text = text(place);
        try {
            return parser.parse(text);
        } catch (RegistryException | IllegalArgumentException e) {
            throw new MalformedDocumentException(path + "[" + place + "] is malformed: " + e.getMessage(), e);
        }
    }

    Optional<JsonObject> findObject(int place) throws MalformedDocumentException {
        return node.has(place)
                ? Optional.of(JsonObject.of(node.get(place), path + "[" + place + "]"))
                : Optional.empty();
    }

    private JsonNode required(int place) throws MalformedDocumentException {
        JsonNode value = node.get(place);
        if (value == null) {
            throw new MalformedDocumentException(path + " has no element " + place);
        }
        return value;
    }

    private MalformedDocumentException wrong(int place, String expected) {
        return new MalformedDocumentException(path + "[" + place + "] is not " + expected);
    }
}
