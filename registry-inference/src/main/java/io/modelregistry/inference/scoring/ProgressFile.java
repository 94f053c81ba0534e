package io.modelregistry.inference.scoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file beside an output that says what run wrote it, and how far it is known to be whole. */
final class ProgressFile {
    private static final long FORMAT = 1;
    private static final JsonFactory JSON = JsonFormat.factory(1 << 20);

    private final Path file;
    private final Path temporary;

    /**
     * What the file says.
     *
     * @param run whose output it is
     * @param state how far it has come
     */
    record Content(RunIdentity run, ScoringState state) {}

    private ProgressFile(Path file, Path temporary) {
        this.file = file;
        this.temporary = temporary;
    }

    static ProgressFile beside(Path output) {
        String name = String.valueOf(output.getFileName());
        return new ProgressFile(
                output.resolveSibling(name + ".progress"), output.resolveSibling(name + ".progress.tmp"));
    }

    /** Replaces the file: whenever the process dies, either the old content is there or the new one. */
    void write(RunIdentity run, ScoringState state) throws IOException {
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(print(run, state));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What the file says; empty if there is none, or it is not one. */
    Optional<Content> find() throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (JsonParser json = JSON.createParser(Files.readAllBytes(file))) {
            return Optional.ofNullable(read(json));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static byte[] print(RunIdentity run, ScoringState state) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeNumberField("inputSize", run.inputSize());
            json.writeStringField("inputChanged", run.inputChanged());
            json.writeStringField("inputDigest", run.inputDigest());
            json.writeStringField("model", run.model());
            json.writeStringField("options", run.options());
            json.writeNumberField("rows", state.rows());
            json.writeNumberField("failedRows", state.failedRows());
            json.writeNumberField("inputBytes", state.inputBytes());
            json.writeNumberField("inputLines", state.inputLines());
            json.writeNumberField("outputBytes", state.outputBytes());
            json.writeNumberField("complete", state.isComplete() ? 1 : 0);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static @Nullable Content read(JsonParser json) throws IOException {
        Map<String, String> texts = new HashMap<>();
        Map<String, Long> numbers = new HashMap<>();
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return null;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (token == JsonToken.VALUE_STRING) {
                texts.put(name, json.getText());
            } else if (token == JsonToken.VALUE_NUMBER_INT) {
                numbers.put(name, json.getLongValue());
            } else {
                return null;
            }
        }
        return numbers.getOrDefault("format", 0L) == FORMAT && numbers.size() == 8 && texts.size() == 4
                ? content(texts, numbers)
                : null;
    }

    private static @Nullable Content content(Map<String, String> texts, Map<String, Long> numbers) {
        Long size = numbers.get("inputSize");
        String changed = texts.get("inputChanged");
        String digest = texts.get("inputDigest");
        String model = texts.get("model");
        String options = texts.get("options");
        if (size == null || changed == null || digest == null || model == null || options == null) {
            return null;
        }
        ScoringState state = new ScoringState(
                numbers.getOrDefault("rows", 0L),
                numbers.getOrDefault("failedRows", 0L),
                numbers.getOrDefault("inputBytes", 0L),
                numbers.getOrDefault("inputLines", 0L),
                numbers.getOrDefault("outputBytes", 0L),
                numbers.getOrDefault("complete", 0L) == 1);
        return new Content(new RunIdentity(size, changed, digest, model, options), state);
    }
}
