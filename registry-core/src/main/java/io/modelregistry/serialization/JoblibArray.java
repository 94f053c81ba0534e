package io.modelregistry.serialization;

import io.modelregistry.serialization.PickleValue.Called;
import io.modelregistry.serialization.PickleValue.Dictionary;
import io.modelregistry.serialization.PickleValue.Text;
import io.modelregistry.serialization.PickleValue.Tuple;
import io.modelregistry.serialization.PickleValue.Whole;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array as joblib writes it (its {@code NumpyArrayWrapper}, since 0.10): a description in the pickle, then the raw
 * elements between the instructions, since 1.2 after padding whose length the first byte tells. Arrays of objects are a
 * pickle of their own there.
 */
record JoblibArray(long bytes, boolean holdsObjects, boolean isPadded) {
    /** The class whose state describes an array. */
    static final String WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper";

    private static final Pattern TYPE = Pattern.compile("[<>|=]?([a-zA-Z])(\\d{1,9})");

    static JoblibArray of(Dictionary state) throws BrokenPickleException {
        String type = state.get("dtype") instanceof Called called
                        && called.arguments() instanceof Tuple arguments
                        && !arguments.items().isEmpty()
                        && arguments.items().get(0) instanceof Text text
                ? text.text()
                : "";
        Matcher parts = TYPE.matcher(type);
        if (!parts.matches() || !(state.get("shape") instanceof Tuple shape)) {
            throw BrokenPickleException.limit("an array is described in a way that is not known");
        }
        boolean padded = state.get("numpy_array_alignment_bytes") instanceof Whole;
        if (parts.group(1).equals("O")) {
            return new JoblibArray(0, true, padded);
        }
        long bytes = Long.parseLong(parts.group(2)) * (parts.group(1).equals("U") ? 4 : 1);
        try {
            for (PickleValue dimension : shape.items()) {
                if (!(dimension instanceof Whole whole) || whole.number() < 0) {
                    throw new BrokenPickleException("an array has an impossible shape");
                }
                bytes = Math.multiplyExact(bytes, whole.number());
            }
        } catch (ArithmeticException e) {
            throw new BrokenPickleException("an array has an impossible shape");
        }
        return new JoblibArray(bytes, false, padded);
    }
}
