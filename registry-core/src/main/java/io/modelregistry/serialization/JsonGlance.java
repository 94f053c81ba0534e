package io.modelregistry.serialization;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of the first two levels of a JSON document, and the scalars of the first level and of first-level arrays'
 * first elements.
 *
 * <p>Read token by token; a document that ends or breaks early gives what came before that.
 */
final class JsonGlance {
    /** Keeps no names: those of hostile documents must not pile up in tables that the whole process shares. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private static final int MAX_NAMES = 10_000;
    private static final int MAX_BYTES = 1 << 20;

    private final Map<String, String> scalars = new HashMap<>();
    private final Map<String, Set<String>> names = new HashMap<>();
    private boolean object;
    private boolean whole;
    private String problem = "";

    private JsonGlance() {}

    /** Looks at the first MiB. */
    static JsonGlance of(ByteSource bytes) throws IOException {
        JsonGlance glance = new JsonGlance();
        byte[] content = bytes.read(0, (int) Math.min(bytes.size(), MAX_BYTES));
        try (JsonParser parser = parser(content, 0)) {
            glance.read(parser);
        } catch (JsonProcessingException e) {
            glance.problem = e.getOriginalMessage();
        }
        if (bytes.size() > MAX_BYTES || bytes.cut()) {
            glance.problem = "";
        }
        return glance;
    }

    /**
     * A parser of bytes from an offset as UTF-8, where what is no UTF-8 is replaced: guessing the encoding would let
     * the bytes choose other failures than those of JSON.
     */
    static JsonParser parser(byte[] content, int offset) throws IOException {
        InputStream bytes = new ByteArrayInputStream(content, offset, content.length - offset);
        return FACTORY.createParser(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    }

    private void read(JsonParser parser) throws IOException {
        object = parser.nextToken() == JsonToken.START_OBJECT;
        if (!object) {
            return;
        }
        int depth = 1;
        @Nullable String first = null;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME && depth == 1 && names.size() < MAX_NAMES) {
                first = parser.currentName();
                names.put(first, new LinkedHashSet<>());
            } else if (token == JsonToken.FIELD_NAME && depth == 2 && first != null) {
                Set<String> second = names.get(first);
                if (second != null && second.size() < MAX_NAMES) {
                    second.add(parser.currentName());
                }
            } else if (token.isScalarValue() && depth <= 2 && first != null && (depth == 1 || inArray(parser))) {
                scalars.putIfAbsent(first, parser.getText());
            }
        }
        whole = parser.nextToken() == null;
    }

    private static boolean inArray(JsonParser parser) {
        return parser.getParsingContext().inArray();
    }

    /** Whether it begins as an object. */
    boolean isObject() {
        return object;
    }

    /** Whether the document was read to its end, and nothing follows it. */
    boolean isWhole() {
        return whole;
    }

    /** What is wrong with it; empty when nothing is, or when only its beginning was seen. */
    String problem() {
        return problem;
    }

    /** A scalar of the first level, or the first scalar of an array there. */
    Optional<String> text(String name) {
        return Optional.ofNullable(scalars.get(name));
    }

    /** The names inside a first-level object; empty when there is no such object. */
    Set<String> namesIn(String name) {
        return names.getOrDefault(name, Set.of());
    }

    boolean has(String name) {
        return names.containsKey(name);
    }
}
