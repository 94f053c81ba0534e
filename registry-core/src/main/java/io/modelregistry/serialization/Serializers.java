package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Framework;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * The serializers that a registry may choose from.
 *
 * <p>They stand in three tiers: those added explicitly, those found by {@link ServiceLoader}, and the built-in
 * {@link BytesSerializer}. The first tier in which one accepts decides. Within a tier the one for the most specific
 * class wins; two that accept equally well are an error that names both, never a silent choice. Immutable.
 */
public final class Serializers {
    private static final List<Serializer<?>> BUILT_IN = List.of(BytesSerializer.standard());

    private final List<List<Serializer<?>>> tiers;

    private Serializers(List<Serializer<?>> explicit, List<Serializer<?>> discovered) {
        this.tiers = List.of(List.copyOf(explicit), List.copyOf(discovered), BUILT_IN);
    }

    /** The given serializers and the built-in one; nothing is searched for. */
    public static Serializers of(Serializer<?>... explicit) {
        return new Serializers(List.of(explicit), List.of());
    }

    /** The serializers that the class loader of this thread's context offers as services, and the built-in one. */
    public static Serializers discovered() {
        return of().discovering(Thread.currentThread().getContextClassLoader());
    }

    /** These with one more explicit serializer. */
    public Serializers with(Serializer<?> serializer) {
        List<Serializer<?>> explicit = new ArrayList<>(tiers.get(0));
        explicit.add(serializer);
        return new Serializers(explicit, tiers.get(1));
    }

    /**
     * These with the services of {@link Serializer} that a class loader offers, in place of those found before.
     *
     * @throws SerializationException when a service is declared but cannot be created
     */
    public Serializers discovering(ClassLoader loader) {
        List<Serializer<?>> found = new ArrayList<>();
        try {
            for (Serializer<?> serializer : ServiceLoader.load(Serializer.class, loader)) {
                found.add(serializer);
            }
        } catch (ServiceConfigurationError e) {
            throw new SerializationException(
                    ErrorCode.INVALID,
                    Serializer.class.getName(),
                    "Cannot use serializers found as services: %s, expected public classes with a public constructor without parameters"
                            .formatted(e.getMessage()),
                    e);
        }
        return new Serializers(tiers.get(0), found);
    }

    /** All of them, in the order in which they are asked. */
    public List<Serializer<?>> all() {
        return tiers.stream().flatMap(List::stream).collect(Collectors.toUnmodifiableList());
    }

    /** The one of this {@link Serializer#id}, the first if there are several; empty when there is none. */
    public Optional<Serializer<?>> findById(String id) {
        return all().stream().filter(s -> s.id().equals(id)).findFirst();
    }

    /**
     * The serializer that writes objects of a class.
     *
     * @throws NoSerializerException when none accepts it
     * @throws AmbiguousSerializerException when several accept it equally well
     */
    public Serializer<?> forClass(Class<?> written) {
        for (List<Serializer<?>> tier : tiers) {
            List<Serializer<?>> accepting = mostSpecific(tier.stream()
                    .filter(s -> s.type().isAssignableFrom(written))
                    .toList());
            if (!accepting.isEmpty()) {
                return only(accepting, "write objects of class", written.getName());
            }
        }
        String hint = java.io.Serializable.class.isAssignableFrom(written)
                ? "; Java serialization is off unless JavaSerializer.of(...).allowing(...) is added"
                : "";
        throw new NoSerializerException(
                written.getName(),
                "Cannot write objects of class '%s': no serializer accepts it, expected one of %s or a serializer added for it%s"
                        .formatted(written.getName(), describe(all()), hint));
    }

    /**
     * Writes an object by {@link #forClass}, and says which serializer did.
     *
     * @throws IOException when the writer fails
     * @throws SerializationException when no serializer accepts the object, several do, or it cannot be written
     */
    public Serializer<?> write(Object model, ArtifactWriter out) throws IOException {
        Serializer<?> serializer = forClass(model.getClass());
        writeBy(serializer, model, out);
        return serializer;
    }

    /**
     * The serializer that reads a framework's files as a type: one whose type is exactly that, else one that gives a
     * subclass, else one that gives a superclass and may happen to give the type. The framework's version does not
     * matter. A serializer for {@link Framework#UNKNOWN} reads files of every framework as exactly its type, when no
     * other does.
     *
     * @throws NoSerializerException when there is none
     * @throws AmbiguousSerializerException when there are several
     */
    public Serializer<?> forReading(Framework framework, Class<?> type) {
        for (List<Serializer<?>> tier : tiers) {
            List<Serializer<?>> accepting = acceptingToRead(
                    tier.stream()
                            .filter(s -> s.framework().sameNameAs(framework))
                            .toList(),
                    type);
            if (!accepting.isEmpty()) {
                return only(accepting, "read " + framework.name() + " files as", type.getName());
            }
        }
        for (List<Serializer<?>> tier : tiers) {
            List<Serializer<?>> accepting = tier.stream()
                    .filter(s -> s.framework().sameNameAs(Framework.UNKNOWN) && s.type() == type)
                    .toList();
            if (!accepting.isEmpty()) {
                return only(accepting, "read " + framework.name() + " files as", type.getName());
            }
        }
        throw new NoSerializerException(
                type.getName(),
                "Cannot read %s files as '%s': no serializer accepts them, expected one of %s or a serializer added for them%s"
                        .formatted(framework.name(), type.getName(), describe(all()), readingHint(framework)));
    }

    /**
     * Reads an object by {@link #forReading}.
     *
     * @throws IOException when the reader fails
     * @throws SerializationException when no serializer accepts the files, several do, or they hold something else
     */
    public <T> T read(Framework framework, Class<T> type, ArtifactReader in) throws IOException {
        Serializer<?> serializer = forReading(framework, type);
        Object model = serializer.read(in);
        if (!type.isInstance(model)) {
            throw new SerializationException(
                    ErrorCode.LOAD_FAILED,
                    type.getName(),
                    "Cannot read %s files as '%s': they hold an object of class '%s', expected '%s'"
                            .formatted(
                                    framework.name(),
                                    type.getName(),
                                    model.getClass().getName(),
                                    type.getName()),
                    null);
        }
        return type.cast(model);
    }

    private static <T> void writeBy(Serializer<T> serializer, Object model, ArtifactWriter out) throws IOException {
        serializer.write(serializer.type().cast(model), out);
    }

    private static List<Serializer<?>> acceptingToRead(List<Serializer<?>> candidates, Class<?> type) {
        List<Serializer<?>> exact =
                candidates.stream().filter(s -> s.type() == type).toList();
        if (!exact.isEmpty()) {
            return exact;
        }
        List<Serializer<?>> narrower =
                candidates.stream().filter(s -> type.isAssignableFrom(s.type())).toList();
        if (!narrower.isEmpty()) {
            return narrower;
        }
        return mostSpecific(
                candidates.stream().filter(s -> s.type().isAssignableFrom(type)).toList());
    }

    /** Those whose type no other one's type refines. */
    private static List<Serializer<?>> mostSpecific(List<Serializer<?>> candidates) {
        return candidates.stream()
                .filter(s -> candidates.stream()
                        .noneMatch(other -> other.type() != s.type() && s.type().isAssignableFrom(other.type())))
                .toList();
    }

    private static Serializer<?> only(List<Serializer<?>> accepting, String verb, String subject) {
        if (accepting.size() == 1) {
            return accepting.get(0);
        }
        List<String> ids = accepting.stream().map(Serializer::id).sorted().toList();
        throw new AmbiguousSerializerException(
                subject,
                ids,
                "Cannot %s '%s': serializers %s accept it equally well, expected one of them to be chosen"
                        .formatted(
                                verb,
                                subject,
                                ids.stream().map(id -> "'" + id + "'").collect(Collectors.joining(" and "))));
    }

    private static String describe(List<Serializer<?>> serializers) {
        return serializers.stream().map(Serializer::id).sorted().collect(Collectors.joining(", ", "[", "]"));
    }

    private static String readingHint(Framework framework) {
        if (framework.sameNameAs(Framework.JAVA)) {
            return "; Java serialization is off unless JavaSerializer.of(...).allowing(...) is added";
        }
        if (framework.sameNameAs(Framework.PICKLE)
                || framework.sameNameAs(Framework.SKLEARN)
                || framework.sameNameAs(Framework.PYTORCH)) {
            return "; such files execute code when they are loaded and are never deserialised here";
        }
        return "";
    }
}
