package io.modelregistry.serialization;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a Keras model configuration would make its loader create: layers by class name, and in Keras 3 any function by
 * module and name. A {@code Lambda} layer holds Python byte code.
 */
final class KerasConfig {
    private static final int MAX_BYTES = 4 << 20;
    private static final int MAX_NAMES = 100;

    private final Set<String> foreignModules = new TreeSet<>();
    private String modelClass = "";
    private boolean lambda;
    private boolean whole;
    private long end;

    private KerasConfig() {}

    static KerasConfig of(ByteSource bytes) throws IOException {
        return in(bytes.read(0, (int) Math.min(bytes.size(), MAX_BYTES)), 0);
    }

    /** The configuration that may begin at an offset. */
    static KerasConfig in(byte[] content, int offset) throws IOException {
        KerasConfig config = new KerasConfig();
        try (JsonParser parser = JsonGlance.parser(content, offset)) {
            config.read(parser);
        } catch (JsonProcessingException e) {
            config.whole = false;
        }
        return config;
    }

    private void read(JsonParser parser) throws IOException {
        int depth = 0;
        try {
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return;
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token == JsonToken.VALUE_STRING && parser.currentName() != null) {
                    take(parser.currentName(), parser.getText(), depth);
                }
            } while (depth > 0);
            whole = true;
        } finally {
            end = parser.currentLocation().getCharOffset();
        }
    }

    private void take(String name, String text, int depth) {
        if (name.equals("class_name")) {
            lambda |= text.equals("Lambda") || text.equals("__lambda__");
            modelClass = depth == 1 && modelClass.isEmpty() ? text : modelClass;
        } else if (name.equals("module") && foreignModules.size() < MAX_NAMES) {
            boolean own = text.equals("keras") || text.startsWith("keras.") || text.startsWith("tensorflow.keras");
            if (!own && !text.equals("builtins")) {
                foreignModules.add(text);
            }
        }
    }

    /** Whether the document ended where it should. */
    boolean isWhole() {
        return whole;
    }

    /** Whether it looks like a configuration at all. */
    boolean hasModelClass() {
        return !modelClass.isEmpty();
    }

    /** How far it was read: exact when it is ASCII, less otherwise. */
    long end() {
        return end;
    }

    void describe(Finding finding) {
        finding.modelType(modelClass);
        if (!whole) {
            finding.atLeast(LoadSafety.UNKNOWN).warn("its configuration could not be read to the end");
        }
        if (lambda) {
            finding.atLeast(LoadSafety.EXECUTES_CODE)
                    .warn("it has a Lambda layer: Python byte code, which is executed when it is loaded or called");
        }
        if (!foreignModules.isEmpty()) {
            finding.atLeast(LoadSafety.EXECUTES_CODE)
                    .imports(foreignModules)
                    .warn("its configuration names Python modules outside Keras: " + String.join(", ", foreignModules));
        }
    }
}
