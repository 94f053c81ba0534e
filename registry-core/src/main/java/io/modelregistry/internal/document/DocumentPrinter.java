package io.modelregistry.internal.document;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import java.io.IOException;

/** One entry a line down to the third level, compact below: a person can read it, and it stays small. */
final class DocumentPrinter implements PrettyPrinter {
    private static final int OPEN_LEVELS = 3;

    private int depth;

    @Override
    public void writeRootValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw('\n');
    }

    @Override
    public void writeStartObject(JsonGenerator out) throws IOException {
        out.writeRaw('{');
        depth++;
    }

    @Override
    public void writeEndObject(JsonGenerator out, int entries) throws IOException {
        depth--;
        if (entries > 0) {
            line(out, depth + 1);
        }
        out.writeRaw('}');
    }

    @Override
    public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
        out.writeRaw(',');
        line(out, depth);
    }

    @Override
    public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw(':');
    }

    @Override
    public void writeStartArray(JsonGenerator out) throws IOException {
        out.writeRaw('[');
        depth++;
    }

    @Override
    public void writeEndArray(JsonGenerator out, int values) throws IOException {
        depth--;
        if (values > 0) {
            line(out, depth + 1);
        }
        out.writeRaw(']');
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
        out.writeRaw(',');
        line(out, depth);
    }

    @Override
    public void beforeArrayValues(JsonGenerator out) throws IOException {
        line(out, depth);
    }

    @Override
    public void beforeObjectEntries(JsonGenerator out) throws IOException {
        line(out, depth);
    }

    private static void line(JsonGenerator out, int level) throws IOException {
        if (level <= OPEN_LEVELS) {
            out.writeRaw('\n');
        }
    }
}
