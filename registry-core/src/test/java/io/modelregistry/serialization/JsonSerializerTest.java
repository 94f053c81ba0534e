package io.modelregistry.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSerializerTest {
    private final JsonSerializer<Linear> serializer = JsonSerializer.of(Linear.class);

    @Test
    void anObjectRoundTrips() throws IOException {
        Linear model = new Linear(0.1, List.of(1.5, Double.NaN, -2e-300), Map.of("b", 2, "a", 1));
        InMemoryArtifacts files = new InMemoryArtifacts();
        Serializers serializers = Serializers.of(serializer);

        assertThat(serializers.write(model, files)).isSameAs(serializer);
        assertThat(files.kind("model.json")).isEqualTo(FileKind.WEIGHTS);
        assertThat(serializers.read(Framework.JSON, Linear.class, files)).isEqualTo(model);
    }

    @Test
    void theBytesDoNotDependOnTheOrderOfAMap() throws IOException {
        Map<String, Integer> weights = new HashMap<>();
        for (String key : List.of("zz", "m", "a", "Aa", "BB")) {
            weights.put(key, key.length());
        }
        InMemoryArtifacts files = new InMemoryArtifacts();
        serializer.write(new Linear(1, List.of(), weights), files);

        assertThat(files.open("model.json"))
                .hasContent("{\"bias\":1.0,\"named\":{\"Aa\":2,\"BB\":2,\"a\":1,\"m\":1,\"zz\":2},\"weights\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"bias\":1,\"weights\":[],\"named\":{}} x  | Unrecognized token",
                "{\"bias\":1,\"weights\":[],\"named\":{},\"x\":1} | Unrecognized field",
                "{\"bias\":1,\"bias\":1,\"weights\":[],\"named\":{}} | Duplicate field",
                "{\"weights\":[],\"bias\":null,\"named\":{}} | into type `double`",
                "null | it holds null",
                "[] | Cannot deserialize",
                "{\"bias\": | Unexpected end-of-input",
                "~~ | No content",
            })
    void anythingButTheDocumentIsRefused(String content, String why) {
        assertThatThrownBy(() -> serializer.read(holding(content == null ? "" : content)))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith("Cannot read JSON 'model.json': ")
                .hasMessageContaining(why)
                .hasMessageEndingWith("expected one document for class '" + Linear.class.getName() + "'")
                .extracting(e -> ((SerializationException) e).code())
                .isEqualTo(ErrorCode.LOAD_FAILED);
    }

    @Test
    void theDocumentCannotChooseAClass() {
        JsonSerializer<Anything> anything = JsonSerializer.of(Anything.class);

        assertThatThrownBy(() -> anything.read(holding("[\"javax.swing.JFrame\", {}]")))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> anything.read(holding("{\"@class\":\"javax.swing.JFrame\",\"value\":1}")))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("Unrecognized field \"@class\"");
    }

    @Test
    void deepNestingIsRefusedInsteadOfOverflowingTheStack() {
        JsonSerializer<Anything> anything = JsonSerializer.of(Anything.class);
        String deep = "{\"value\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThatThrownBy(() -> anything.read(holding(deep)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nesting depth");
    }

    @Test
    void anObjectThatJacksonCannotBindIsAnInvalidModel() {
        InMemoryArtifacts files = new InMemoryArtifacts();

        assertThatThrownBy(() -> JsonSerializer.of(Opaque.class).write(new Opaque(), files))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith("Cannot write object of class '" + Opaque.class.getName() + "' as JSON: ")
                .extracting(e -> ((SerializationException) e).code())
                .isEqualTo(ErrorCode.INVALID);
        assertThat(files.files()).isEmpty();
    }

    @Test
    void aMissingFileStaysAFailureOfIo() {
        assertThatThrownBy(() -> serializer.read(new InMemoryArtifacts())).isInstanceOf(NoSuchFileException.class);
    }

    private static InMemoryArtifacts holding(String content) {
        InMemoryArtifacts files = new InMemoryArtifacts();
        files.file("model.json", FileKind.WEIGHTS, content.getBytes(StandardCharsets.UTF_8));
        return files;
    }

    record Linear(double bias, List<Double> weights, Map<String, Integer> named) {}

    record Anything(Object value) {}

    static final class Opaque {}
}
