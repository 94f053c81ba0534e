package io.modelregistry.inference.scoring;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;

/**
 * How JSON is read and written here: strictly, and with the shortest text that reads back as the same number. That text
 * is the library's and not the JDK's, whose own differs between versions.
 */
final class JsonFormat {
    private static final int MAX_NUMBER = 10_000;

    private JsonFormat() {}

    static JsonFactory factory(int longest) {
        return new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                .enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(100)
                        .maxNumberLength(MAX_NUMBER)
                        .maxStringLength(longest)
                        .build())
                .build();
    }

    /** Whether a text stands for a number that JSON has no number for. */
    static boolean isNotFinite(String text) {
        return text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
    }
}
