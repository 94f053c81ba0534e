package io.modelregistry.internal.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\": [], \"b\": {\"c\": [1, [\"\u00e9\\u0000\\uD83D\\uDE00\"], {}]}, \"d\": null}",
                "{\"a\": [true, false, -0, 0.0, -0.0, 1.10, 1e3, 1E-400, 2147483648, 9223372036854775808]}",
                "[123456789012345678901234567890.12345678901234567890]",
                "\"text\"",
                "7"
            })
    void readsWhatAMapperReads(String json) throws IOException {
        assertThat(tree(json))
                .isEqualTo(MAPPER.readTree(json))
                .hasToString(MAPPER.readTree(json).toString());
    }

    private static JsonNode tree(String json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            return JsonTree.read(parser);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": 1",
                "{\"a\": [1}",
                "{\"a\": }",
                "{\"a\": NaN}",
                "{\"a\": 1, \"a\": 2}",
                "{} {}",
                "{\"a\": 01}"
            })
    void parseRefusesWhatIsNoJson(String json) {
        assertThatThrownBy(() -> JsonText.parse(json.getBytes(UTF_8)))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageStartingWith("it is not JSON: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "1", "null"})
    void parseRefusesWhatIsNoObject(String json) {
        assertThatThrownBy(() -> JsonText.parse(json.getBytes(UTF_8)))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessage("document is not a JSON object");
    }

    @Test
    void parseRefusesWhatIsNestedTooDeeply() {
        String json = "{\"a\": " + "[".repeat(100) + "]".repeat(100) + "}";

        assertThatThrownBy(() -> JsonText.parse(json.getBytes(UTF_8)))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining("nesting depth");
    }
}
