package io.modelregistry.serialization;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import org.jspecify.annotations.Nullable;

/**
 * An object stream that creates nothing outside a {@link JavaClassFilter}.
 *
 * <p>The names are checked twice. The filter of the JDK sees a class only after it was loaded, so the names are checked
 * before that too: a refused class is never even looked for.
 *
 * <p>An array is made before its first element is read, so a short stream that nests arrays could ask for any amount of
 * memory. But each element takes bytes of the stream: arrays that it is too short for are refused.
 */
final class FilteredObjectInput extends ObjectInputStream {
    /** How much larger than the stream the table may be that a collection makes for what it has there. */
    private static final int TABLE_SLACK = 8;

    private final JavaClassFilter filter;
    private final ClassLoader loader;
    private final long size;
    private long arrayBytes;
    private String refusal = "";

    /** The stream is closed by whoever opened it. */
    FilteredObjectInput(ObjectBytes in, JavaClassFilter filter, ClassLoader loader) throws IOException {
        super(in);
        this.filter = filter;
        this.loader = loader;
        this.size = in.size();
        setObjectInputFilter(this::decide);
    }

    /** Why the stream was refused; empty as long as it was not. */
    String refusal() {
        return refusal;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        String name = description.getName();
        if (!filter.allows(name)) {
            throw refuse("class '" + name + "' is not allowed");
        }
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            return super.resolveClass(description);
        }
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException {
        throw refuse("it holds a dynamic proxy");
    }

    private ObjectInputFilter.Status decide(ObjectInputFilter.FilterInfo info) {
        String exceeded = filter.exceeded(info);
        if (exceeded.isEmpty()) {
            exceeded = exceededByArrays(info);
        }
        if (!exceeded.isEmpty()) {
            refusal = exceeded;
            return ObjectInputFilter.Status.REJECTED;
        }
        Class<?> candidate = info.serialClass();
        if (candidate == null) {
            return ObjectInputFilter.Status.UNDECIDED;
        }
        if (!filter.allows(candidate.getName())) {
            refusal = "class '" + candidate.getName() + "' is not allowed";
            return ObjectInputFilter.Status.REJECTED;
        }
        return ObjectInputFilter.Status.ALLOWED;
    }

    private String exceededByArrays(ObjectInputFilter.FilterInfo info) {
        arrayBytes += Math.max(0, info.arrayLength()) * bytesOfElement(info.serialClass());
        if (arrayBytes / TABLE_SLACK > size) {
            return "its arrays are longer than its " + size + " bytes can fill";
        }
        return arrayBytes > filter.maxBytes() ? "its arrays have more than " + filter.maxBytes() + " bytes" : "";
    }

    /** How many bytes of the stream an element takes at least. */
    private static int bytesOfElement(@Nullable Class<?> array) {
        Class<?> element = array == null ? null : array.getComponentType();
        if (element == long.class || element == double.class) {
            return Long.BYTES;
        }
        if (element == int.class || element == float.class) {
            return Integer.BYTES;
        }
        return element == short.class || element == char.class ? Short.BYTES : 1;
    }

    private InvalidClassException refuse(String why) {
        refusal = why;
        return new InvalidClassException(why);
    }
}
