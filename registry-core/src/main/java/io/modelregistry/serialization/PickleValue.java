package io.modelregistry.serialization;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an entry of a pickle's stack stands for, as far as {@link PickleWalker} needs to know: enough to resolve names
 * and to find out how many bytes an array takes, never an object.
 */
sealed interface PickleValue {
    /** Anything that does not matter. */
    PickleValue OTHER = new Other();

    /** The mark that opens a group. */
    PickleValue MARK = new Mark();

    /** See {@link #OTHER}. */
    record Other() implements PickleValue {}

    /** See {@link #MARK}. */
    record Mark() implements PickleValue {}

    /** A text short enough to be a name. */
    record Text(String text) implements PickleValue {}

    /** An integer. */
    record Whole(long number) implements PickleValue {}

    /** A short tuple. */
    record Tuple(List<PickleValue> items) implements PickleValue {}

    /** What loading would import. */
    record Global(String name) implements PickleValue {}

    /** What a call of the callable with the arguments would give. */
    record Called(String callable, PickleValue arguments) implements PickleValue {
        /** The class of the object, also when it is made by {@code copyreg}. */
        String type() {
            boolean reconstructed = callable.endsWith("._reconstructor") || callable.endsWith(".__newobj__");
            return reconstructed
                            && arguments instanceof Tuple tuple
                            && !tuple.items().isEmpty()
                            && tuple.items().get(0) instanceof Global type
                    ? type.name()
                    : callable;
        }
    }

    /** A dictionary, of which the first entries with short texts as keys are kept. Mutable, as in the pickle itself. */
    final class Dictionary implements PickleValue {
        private static final int MAX_ENTRIES = 64;

        private final Map<String, PickleValue> entries = new HashMap<>();

        void put(PickleValue key, PickleValue value) {
            if (key instanceof Text name && (entries.size() < MAX_ENTRIES || entries.containsKey(name.text()))) {
                entries.put(name.text(), value);
            }
        }

        PickleValue get(String key) {
            return entries.getOrDefault(key, OTHER);
        }
    }
}
