package io.modelregistry.serialization;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an object as the JSON document {@code model.json}, by Jackson's data binding: records, and classes with the
 * usual accessors.
 *
 * <p>The document says nothing about classes (no default typing), so it decides what values the object has and never
 * what is created. Reading is strict: unknown and repeated properties, missing primitives, and anything after the
 * document are refused, and Jackson's limits on nesting and on the length of names, numbers and texts hold. Properties
 * and map entries are written in ascending order, so the bytes are deterministic unless the object holds a collection
 * without an order. Immutable.
 *
 * @param <T> the type of the object
 */
public final class JsonSerializer<T> implements Serializer<T> {
    private static final String PATH = "model.json";

    private final Class<T> type;
    private final JsonMapper mapper;

    private JsonSerializer(Class<T> type, JsonMapper mapper) {
        this.type = type;
        this.mapper = mapper;
    }

    /** A serializer of one type, whose package must be open to Jackson if it lies in a named module. */
    public static <T> JsonSerializer<T> of(Class<T> type) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY, MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .build();
        return new JsonSerializer<>(type, mapper);
    }

    @Override
    public Framework framework() {
        return Framework.JSON;
    }

    @Override
    public Class<T> type() {
        return type;
    }

    @Override
    public void write(T model, ArtifactWriter out) throws IOException {
        try {
            out.file(PATH, FileKind.WEIGHTS, stream -> mapper.writerFor(type).writeValue(stream, model));
        } catch (JsonProcessingException e) {
            throw new SerializationException(
                    ErrorCode.INVALID,
                    type.getName(),
                    "Cannot write object of class '%s' as JSON: %s, expected a class that Jackson can bind"
                            .formatted(model.getClass().getName(), e.getOriginalMessage()),
                    e);
        }
    }

    @Override
    public T read(ArtifactReader in) throws IOException {
        try (InputStream stream = in.open(PATH)) {
            T model = mapper.readerFor(type).readValue(stream);
            if (model == null) {
                throw unreadable("it holds null", null);
            }
            return model;
        } catch (JsonProcessingException e) {
            throw unreadable(e.getOriginalMessage(), e);
        }
    }

    /** The class and its type in one, because several of these differ by type alone. */
    @Override
    public String id() {
        return Serializer.super.id() + "<" + type.getName() + ">";
    }

    private SerializationException unreadable(String why, @Nullable Throwable cause) {
        return new SerializationException(
                ErrorCode.LOAD_FAILED,
                PATH,
                "Cannot read JSON '%s': %s, expected one document for class '%s'".formatted(PATH, why, type.getName()),
                cause);
    }
}
