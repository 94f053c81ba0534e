package io.modelregistry.internal.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Reads and writes JSON strictly: no duplicate keys, nothing behind the end, numbers kept exactly, nesting bounded. */
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxStringLength(4 << 20)
                    .build())
            .build();
    private static final JsonFactory CHECKED_BEFORE = new JsonFactoryBuilder().build();
    private static final ObjectMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private JsonText() {}

    static JsonObject parse(byte[] bytes) throws MalformedDocumentException {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            return JsonObject.of(node, "document");
        } catch (JsonProcessingException e) {
            throw new MalformedDocumentException("it is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new MalformedDocumentException("it is not JSON", e);
        }
    }

    /** The exact bytes of the objects in the top-level fields of a document that was parsed before. */
    static Map<String, byte[]> slices(byte[] bytes) throws MalformedDocumentException {
        Map<String, byte[]> slices = new HashMap<>();
        try (JsonParser parser = CHECKED_BEFORE.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedDocumentException("it is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken token = parser.nextToken();
                if (token == JsonToken.START_OBJECT) {
                    int start = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    int end = (int) parser.currentTokenLocation().getByteOffset() + 1;
                    slices.put(field, Arrays.copyOfRange(bytes, start, end));
                }
            }
            return slices;
        } catch (IOException e) {
            throw new MalformedDocumentException("it is not JSON", e);
        }
    }

    /** The JSON of one value, printed for people, as it will stand inside a document. */
    static byte[] print(Writer writer) {
        return write(writer, true);
    }

    /** The JSON of one value on one line. */
    static byte[] compact(Writer writer) {
        return write(writer, false);
    }

    /** A whole document with its checksum; the writer writes one object. */
    static byte[] document(Writer writer) {
        return closed(print(writer));
    }

    /** A whole document on one line with its checksum; the writer writes one object. */
    static byte[] lineDocument(Writer writer) {
        return closed(compact(writer));
    }

    private static byte[] closed(byte[] object) {
        int end = object.length - 1;
        while (object[end - 1] == '\n') {
            end--;
        }
        ByteArrayOutputStream open = new ByteArrayOutputStream(object.length + 100);
        open.write(object, 0, end);
        return Envelope.close(open);
    }

    private static byte[] write(Writer writer, boolean pretty) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            if (pretty) {
                json.setPrettyPrinter(new DocumentPrinter());
            }
            writer.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing JSON to memory failed", e);
        }
        return out.toByteArray();
    }

    /** Writes one value. */
    @FunctionalInterface
    interface Writer {
        void write(JsonGenerator json) throws IOException;
    }
}
