package io.modelregistry.inference.scoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.InvalidRowException.Place;
import io.modelregistry.inference.scoring.LineReader.Line;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of JSON lines: one object on each line, which holds a nested array for each input. Blank lines are skipped. */
final class JsonRows implements RowReader {
    private final LineReader lines;
    private final TensorSignature signature;
    private final Set<String> ignored;
    private final JsonFactory factory;

    JsonRows(LineReader lines, TensorSignature signature, Set<String> ignored) {
        this.lines = lines;
        this.signature = signature;
        this.ignored = ignored;
        this.factory = JsonFormat.factory(lines.longest());
    }

    @Override
    public @Nullable InputRow next() throws IOException {
        Line line = lines.next();
        while (line != null && !line.isTooLong() && isBlank(line.bytes())) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        try {
            if (line.isTooLong()) {
                throw refuse(line, 0, "", "it is longer than " + lines.longest() + " bytes", "a shorter line");
            }
            return read(line);
        } catch (InvalidRowException e) {
            return new InputRow(line.number(), line.end(), line.number(), new Outcome.Failure<>(e), true);
        }
    }

    /** Reads an object that may stand on several lines. */
    static InputRow parse(Line whole, TensorSignature signature, Set<String> ignored) throws IOException {
        return new JsonRows(LineReader.none(), signature, ignored).read(whole);
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private InputRow read(Line line) throws IOException {
        try (JsonParser json = factory.createParser(line.bytes())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw refuse(line, column(json), "", "it is no object", "an object with a field for each input");
            }
            Map<String, TensorValue> inputs = new LinkedHashMap<>();
            boolean isSingle = true;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                TensorSpec spec = signature.findInput(name).orElse(null);
                json.nextToken();
                if (spec != null) {
                    isSingle &= readInput(json, line, spec, inputs);
                } else if (ignored.contains(name)) {
                    json.skipChildren();
                } else {
                    throw refuse(line, column(json), name, "the model has no such input", names());
                }
            }
            if (json.nextToken() != null) {
                throw refuse(line, column(json), "", "something follows the object", "one object on each line");
            }
            Outcome<Tensors> read = new Outcome.Success<>(Tensors.of(inputs));
            return new InputRow(line.number(), line.end(), line.number(), read, isSingle);
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw new InvalidRowException(
                    new Place(line.number(), column, ""), "it is not JSON: " + e.getOriginalMessage(), "an object", e);
        }
    }

    /** Reads one input, and returns whether it was written without the dimension of the batch. */
    private boolean readInput(JsonParser json, Line line, TensorSpec spec, Map<String, TensorValue> inputs)
            throws IOException {
        JsonArray array = new JsonArray(spec.type());
        String problem = array.read(json);
        if (problem != null) {
            throw refuse(line, column(json), spec.name(), problem, spec.toString());
        }
        RowShape shape = RowShape.of(spec);
        boolean isRow = shape.isRow(array.sizes().length);
        inputs.put(spec.name(), array.tensor(isRow ? RowShape.withBatch(array.sizes()) : array.sizes()));
        return isRow;
    }

    private String names() {
        return "one of " + signature.inputs().stream().map(TensorSpec::name).toList();
    }

    private static int column(JsonParser json) {
        return json.currentTokenLocation().getColumnNr();
    }

    private static InvalidRowException refuse(Line line, int column, String name, String why, String expected) {
        return new InvalidRowException(new Place(line.number(), column, name), why, expected, null);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
