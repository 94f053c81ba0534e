package io.modelregistry.inference.scoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.TensorMap;
import io.modelregistry.inference.TensorSequence;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;

/** Writes results as JSON lines, one for each row; collects them until they are taken. */
final class ResultLines {
    private static final JsonFactory JSON = JsonFormat.factory(1 << 20);

    private final TensorSignature signature;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);

    ResultLines(TensorSignature signature) {
        this.signature = signature;
    }

    /** The lines since the last call. */
    byte[] take() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    void write(long number, InputRow row, Outcome<Tensors> outcome) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("row", number);
            if (outcome instanceof Outcome.Success<Tensors> success) {
                json.writeObjectFieldStart("outputs");
                writeOutputs(json, success.value(), row.isSingle());
                json.writeEndObject();
            } else if (outcome instanceof Outcome.Failure<Tensors> failure) {
                writeError(json, row, failure.error());
            }
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void writeError(JsonGenerator json, InputRow row, RegistryException error) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("code", error.code().name());
        json.writeStringField("message", String.valueOf(error.getMessage()));
        json.writeNumberField("line", row.line());
        if (error instanceof InvalidRowException invalid && invalid.column() > 0) {
            json.writeNumberField("column", invalid.column());
        }
        json.writeEndObject();
    }

    private void writeOutputs(JsonGenerator json, Tensors outputs, boolean isSingle) throws IOException {
        for (String name : outputs.names()) {
            json.writeFieldName(name);
            TensorSpec spec = signature.findOutput(name).orElse(null);
            write(json, outputs.value(name), isSingle && spec != null && isOneOf(spec, outputs.value(name)));
        }
    }

    /** Whether a value holds one row of several that the output might have held. */
    private static boolean isOneOf(TensorSpec spec, TensorValue value) {
        if (value instanceof TensorSequence sequence) {
            return sequence.size() == 1;
        }
        return value instanceof Tensor tensor
                && tensor.rank() > 0
                && tensor.size(0) == 1
                && RowShape.of(spec).countsRows();
    }

    private static void write(JsonGenerator json, TensorValue value, boolean firstOnly) throws IOException {
        if (value instanceof TensorSequence sequence) {
            if (firstOnly) {
                write(json, sequence.elements().get(0), false);
                return;
            }
            json.writeStartArray();
            for (TensorValue element : sequence.elements()) {
                write(json, element, false);
            }
            json.writeEndArray();
        } else if (value instanceof TensorMap map) {
            json.writeStartObject();
            for (int i = 0; i < map.size(); i++) {
                json.writeFieldName(
                        map.keys().type() == DataType.BYTES
                                ? map.keys().stringAt(i)
                                : Long.toString(map.keys().longAt(i)));
                writeElement(json, map.values(), i);
            }
            json.writeEndObject();
        } else if (value instanceof Tensor tensor) {
            writeTensor(json, tensor, new Position(firstOnly ? 1 : 0));
        }
    }

    /** Where in a tensor the writer is. */
    private static final class Position {
        private int dimension;
        private int element;

        Position(int dimension) {
            this.dimension = dimension;
        }
    }

    private static void writeTensor(JsonGenerator json, Tensor tensor, Position at) throws IOException {
        if (at.dimension == tensor.rank()) {
            writeElement(json, tensor, at.element);
            at.element++;
            return;
        }
        json.writeStartArray();
        long size = tensor.size(at.dimension);
        at.dimension++;
        for (long i = 0; i < size; i++) {
            writeTensor(json, tensor, at);
        }
        at.dimension--;
        json.writeEndArray();
    }

    private static void writeElement(JsonGenerator json, Tensor tensor, int index) throws IOException {
        switch (tensor.type()) {
            case BYTES -> json.writeString(tensor.stringAt(index));
            case BOOL -> json.writeBoolean(tensor.longAt(index) != 0);
            case FP64 -> json.writeNumber(tensor.doubleAt(index));
            case FP32, FP16, BF16 -> json.writeNumber(tensor.floatAt(index));
            case UINT64 -> json.writeNumber(new BigInteger(Long.toUnsignedString(tensor.longAt(index))));
            case UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 -> json.writeNumber(tensor.longAt(index));
        }
    }
}
