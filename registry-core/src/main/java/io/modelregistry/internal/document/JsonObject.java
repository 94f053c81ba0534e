package io.modelregistry.internal.document;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.model.RegistryException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Typed, checked access to the fields of a JSON object: what is missing or of another type makes the document
 * malformed.
 */
final class JsonObject {
    private final JsonNode node;
    private final String path;

    private JsonObject(JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    static JsonObject of(JsonNode node, String path) throws MalformedDocumentException {
        if (!node.isObject()) {
            throw new MalformedDocumentException(path + " is not a JSON object");
        }
        return new JsonObject(node, path);
    }

    JsonNode node() {
        return node;
    }

    boolean has(String field) {
        return node.has(field);
    }

    String text(String field) throws MalformedDocumentException {
        return text(required(field), field);
    }

    String textOr(String field, String absent) throws MalformedDocumentException {
        return node.has(field) ? text(field) : absent;
    }

    long number(String field) throws MalformedDocumentException {
        JsonNode value = required(field);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw wrong(field, "a whole number");
        }
        return value.longValue();
    }

    int count(String field) throws MalformedDocumentException {
        long value = number(field);
        if (value != (int) value) {
            throw wrong(field, "a number of that size");
        }
        return (int) value;
    }

    long numberOr(String field, long absent) throws MalformedDocumentException {
        return node.has(field) ? number(field) : absent;
    }

    boolean flagOr(String field, boolean absent) throws MalformedDocumentException {
        if (!node.has(field)) {
            return absent;
        }
        JsonNode value = required(field);
        if (!value.isBoolean()) {
            throw wrong(field, "true or false");
        }
        return value.booleanValue();
    }

    BigDecimal decimal(String field) throws MalformedDocumentException {
        JsonNode value = required(field);
        if (!value.isNumber()) {
            throw wrong(field, "a number");
        }
        return value.decimalValue();
    }

    Instant instant(String field) throws MalformedDocumentException {
        String text = text(field);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedDocumentException(path + "." + field + " is not an instant", e);
        }
    }

    Duration duration(String field) throws MalformedDocumentException {
        String text = text(field);
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedDocumentException(path + "." + field + " is not a duration", e);
        }
    }

    JsonObject object(String field) throws MalformedDocumentException {
        return of(required(field), path + "." + field);
    }

    Optional<JsonObject> findObject(String field) throws MalformedDocumentException {
        return node.has(field) ? Optional.of(object(field)) : Optional.empty();
    }

    /** The value of a field through a parser of one of our values; what that refuses makes the document malformed. */
    <T> T value(String field, Parser<T> parser) throws MalformedDocumentException {
        String text = text(field);
        try {
            return parser.parse(text);
        } catch (RegistryException | IllegalArgumentException e) {
            throw new MalformedDocumentException(path + "." + field + " is malformed: " + e.getMessage(), e);
        }
    }

    <T> Optional<T> findValue(String field, Parser<T> parser) throws MalformedDocumentException {
        return node.has(field) ? Optional.of(value(field, parser)) : Optional.empty();
    }

    List<String> texts(String field) throws MalformedDocumentException {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(field)) {
            texts.add(text(element, field));
        }
        return texts;
    }

    /** The entries of an object, each of which is a text. */
    SortedMap<String, String> textsByName(String field) throws MalformedDocumentException {
        SortedMap<String, String> values = new TreeMap<>();
        if (node.has(field)) {
            JsonObject object = object(field);
            for (Map.Entry<String, JsonNode> entry : object.node.properties()) {
                values.put(entry.getKey(), object.text(entry.getValue(), entry.getKey()));
            }
        }
        return values;
    }

    <T> List<T> list(String field, Decoder<T> decoder) throws MalformedDocumentException {
        List<T> values = new ArrayList<>();
        for (JsonNode element : array(field)) {
            values.add(decoder.decode(of(element, path + "." + field + "[" + values.size() + "]")));
        }
        return values;
    }

    /** The elements of an array, each of which is an array. */
    <T> List<T> tuples(String field, TupleDecoder<T> decoder) throws MalformedDocumentException {
        List<T> values = new ArrayList<>();
        for (JsonNode element : array(field)) {
            values.add(decoder.decode(JsonTuple.of(element, path + "." + field)));
        }
        return values;
    }

    /** The entries of an object, each of which is an object. */
    <T> SortedMap<String, T> map(String field, Decoder<T> decoder) throws MalformedDocumentException {
        SortedMap<String, T> values = new TreeMap<>();
        if (node.has(field)) {
            JsonObject object = object(field);
            for (Map.Entry<String, JsonNode> entry : object.node.properties()) {
                values.put(entry.getKey(), decoder.decode(of(entry.getValue(), object.path + "." + entry.getKey())));
            }
        }
        return values;
    }

    List<JsonNode> array(String field) throws MalformedDocumentException {
        if (!node.has(field)) {
            return List.of();
        }
        JsonNode value = required(field);
        if (!value.isArray()) {
            throw wrong(field, "an array");
        }
        List<JsonNode> elements = new ArrayList<>(value.size());
        value.forEach(elements::add);
        return elements;
    }

    /** The fields that the format does not name, as JSON. */
    SortedMap<String, String> unknown(Set<String> known) {
        SortedMap<String, String> unknown = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!known.contains(field.getKey())) {
                unknown.put(field.getKey(), field.getValue().toString());
            }
        }
        return unknown;
    }

    MalformedDocumentException wrong(String field, String expected) {
        return new MalformedDocumentException(path + "." + field + " is not " + expected);
    }

    private JsonNode required(String field) throws MalformedDocumentException {
        JsonNode value = node.get(field);
        if (value == null) {
            throw new MalformedDocumentException(path + " has no field '" + field + "'");
        }
        return value;
    }

    private String text(JsonNode value, String field) throws MalformedDocumentException {
        if (!value.isTextual()) {
            throw wrong(field, "a text");
        }
        return value.textValue();
    }

    /** Parses a text into a value of ours. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(String text);
    }

    /** Decodes an array. */
    @FunctionalInterface
    interface TupleDecoder<T> {
        T decode(JsonTuple tuple) throws MalformedDocumentException;
    }

    /** Decodes an object. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(JsonObject object) throws MalformedDocumentException;
    }
}
