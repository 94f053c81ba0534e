package io.modelregistry.serialization;

import java.io.ObjectInputFilter;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Exactly which classes Java serialization may create, and how much of them.
 *
 * <p>Only the named classes pass, by their whole name: no package, no pattern, no subclass. Beside them pass what every
 * object needs and what runs no code of its own: {@link String}, the boxed primitives, {@link Number} and {@link Enum}
 * as superclasses, arrays of primitives, and arrays of any class that passes. A superclass that is serializable is part
 * of the stream and must be named too. Immutable.
 *
 * @param classes the names of the allowed classes, as {@link Class#getName} gives them
 * @param maxDepth how deeply objects may be nested
 * @param maxReferences how many objects there may be
 * @param maxBytes how long the stream may be, in bytes, and how much all its arrays may claim to hold
 * @param maxArrayLength how long each array may be
 */
public record JavaClassFilter(
        Set<String> classes, long maxDepth, long maxReferences, long maxBytes, long maxArrayLength) {
    private static final Set<String> HARMLESS = Set.of(
            "java.lang.String",
            "java.lang.Number",
            "java.lang.Enum",
            "java.lang.Boolean",
            "java.lang.Character",
            "java.lang.Byte",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double");

    /** Copies the names. */
    public JavaClassFilter {
        classes = Set.copyOf(classes);
    }

    /** The given classes, with depth 20, a million references, 256 MiB, and arrays of up to 16 million elements. */
    public static JavaClassFilter of(Class<?>... classes) {
        return of(Arrays.stream(classes).map(Class::getName).collect(Collectors.toSet()));
    }

    /** The classes of the given names, with the same limits as {@link #of(Class[])}. */
    public static JavaClassFilter of(Set<String> classNames) {
        return new JavaClassFilter(classNames, 20, 1_000_000, 256L << 20, 16L << 20);
    }

    /** The same with another limit on nesting. */
    public JavaClassFilter withMaxDepth(long depth) {
        return new JavaClassFilter(classes, depth, maxReferences, maxBytes, maxArrayLength);
    }

    /** The same with another limit on the number of objects. */
    public JavaClassFilter withMaxReferences(long references) {
        return new JavaClassFilter(classes, maxDepth, references, maxBytes, maxArrayLength);
    }

    /** The same with another limit on the length of the stream. */
    public JavaClassFilter withMaxBytes(long bytes) {
        return new JavaClassFilter(classes, maxDepth, maxReferences, bytes, maxArrayLength);
    }

    /** The same with another limit on the length of arrays. */
    public JavaClassFilter withMaxArrayLength(long length) {
        return new JavaClassFilter(classes, maxDepth, maxReferences, maxBytes, length);
    }

    /** Whether a class of this name passes; an array passes when its element type does. */
    public boolean allows(String className) {
        int dimensions = 0;
        while (dimensions < className.length() && className.charAt(dimensions) == '[') {
            dimensions++;
        }
        String element = className.substring(dimensions);
        if (dimensions > 0) {
            if (element.length() == 1) {
                return true;
            }
            element = element.startsWith("L") && element.endsWith(";")
                    ? element.substring(1, element.length() - 1)
                    : element;
        }
        return HARMLESS.contains(element) || classes.contains(element);
    }

    /** The allowed names, ascending. */
    @Override
    public String toString() {
        return "only " + new TreeSet<>(classes);
    }

    /** Which limit a stream exceeds, or the empty text. */
    String exceeded(ObjectInputFilter.FilterInfo info) {
        if (info.depth() > maxDepth) {
            return "it is nested deeper than " + maxDepth;
        }
        if (info.references() > maxReferences) {
            return "it has more than " + maxReferences + " objects";
        }
        if (info.streamBytes() > maxBytes) {
            return "it is longer than " + maxBytes + " bytes";
        }
        if (info.arrayLength() > maxArrayLength) {
            return "it has an array longer than " + maxArrayLength;
        }
        return "";
    }
}
