package io.modelregistry.serialization;

import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;

/**
 * An object stream that creates nothing outside a {@link JavaClassFilter}.
 *
 * <p>The names are checked twice. The filter of the JDK sees a class only after it was loaded, so the names are checked
 * before that too: a refused class is never even looked for.
 */
final class FilteredObjectInput extends ObjectInputStream {
    private final JavaClassFilter filter;
    private final ClassLoader loader;
    private String refusal = "";

    FilteredObjectInput(InputStream in, JavaClassFilter filter, ClassLoader loader) throws IOException {
        super(in);
        this.filter = filter;
        this.loader = loader;
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

    private InvalidClassException refuse(String why) {
        refusal = why;
        return new InvalidClassException(why);
    }
}
