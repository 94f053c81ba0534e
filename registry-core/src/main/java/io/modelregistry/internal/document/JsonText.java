package io.modelregistry.internal.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    private JsonText() {}

    static JsonObject parse(byte[] bytes) throws MalformedDocumentException {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            if (parser.nextToken() == null) {
                throw new MalformedDocumentException("document is not a JSON object");
            }
            JsonNode node = JsonTree.read(parser);
            checkEnd(parser);
            return JsonObject.of(node, "document");
        } catch (JsonProcessingException e) {
            throw new MalformedDocumentException("it is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new MalformedDocumentException("it is not JSON", e);
        }
    }

    /**
     * A document, and the exact bytes of the objects in its top-level fields.
     *
     * @param document the whole of it
     * @param slices the bytes by field
     */
    record Sliced(JsonObject document, Map<String, byte[]> slices) {}

    /** Parses a document once, and remembers where the objects in its top-level fields lie. */
    static Sliced slice(byte[] bytes) throws MalformedDocumentException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        Map<String, byte[]> slices = new HashMap<>();
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedDocumentException("document is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
                int start = (int) parser.currentTokenLocation().getByteOffset();
                document.set(field, JsonTree.read(parser));
                if (isObject) {
                    int end = (int) parser.currentTokenLocation().getByteOffset() + 1;
                    slices.put(field, Arrays.copyOfRange(bytes, start, end));
                }
            }
            checkEnd(parser);
            return new Sliced(JsonObject.of(document, "document"), slices);
        } catch (JsonProcessingException e) {
            throw new MalformedDocumentException("it is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new MalformedDocumentException("it is not JSON", e);
        }
    }

    private static void checkEnd(JsonParser parser) throws IOException, MalformedDocumentException {
        if (parser.nextToken() != null) {
            throw new MalformedDocumentException("it is not JSON: something follows its end");
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
