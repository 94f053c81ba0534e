package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import java.io.EOFException;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.StreamCorruptedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an object by Java serialization, as the file {@code model.ser}. Off until {@link #allowing} names the classes.
 *
 * <p>Reading a Java stream lets its bytes choose which classes are created, and the code of those classes runs while
 * they are. <b>Security guarantees:</b> no class is loaded or created unless the {@link JavaClassFilter} names it
 * exactly; dynamic proxies are refused; depth, number of objects, length and array sizes are limited, and no array is
 * made that the stream is too short to fill; every use is logged as a warning. What the named classes do in their own
 * {@code readObject} is not limited: name only classes whose code you know. Prefer {@link JsonSerializer}. Immutable.
 *
 * @param <T> the type of the object
 */
public final class JavaSerializer<T extends Serializable> implements Serializer<T> {
    private static final String PATH = "model.ser";
    private static final Logger LOG = LoggerFactory.getLogger(JavaSerializer.class);

    private final Class<T> type;
    private final @Nullable JavaClassFilter filter;
    private final Logger log;

    private JavaSerializer(Class<T> type, @Nullable JavaClassFilter filter, Logger log) {
        this.type = type;
        this.filter = filter;
        this.log = log;
    }

    /** A serializer that is off: it refuses to write and to read. */
    public static <T extends Serializable> JavaSerializer<T> of(Class<T> type) {
        return new JavaSerializer<>(type, null, LOG);
    }

    /** The same serializer switched on for exactly the classes of the filter, which must name {@link #type} too. */
    public JavaSerializer<T> allowing(JavaClassFilter allowed) {
        return new JavaSerializer<>(type, allowed, log);
    }

    JavaSerializer<T> loggingTo(Logger other) {
        return new JavaSerializer<>(type, filter, other);
    }

    @Override
    public Framework framework() {
        return Framework.JAVA;
    }

    @Override
    public Class<T> type() {
        return type;
    }

    /**
     * Writes the object, if every class in it is allowed, so that what was written can be read.
     *
     * @throws RefusedContentException when this serializer is off, or the object holds a class that is not allowed
     */
    @Override
    public void write(T model, ArtifactWriter out) throws IOException {
        JavaClassFilter allowed = requireFilter("write");
        log.warn(
                "SECURITY: writing an object of {} by Java serialization: whoever reads it without a class filter lets its bytes choose"
                        + " which code runs",
                type.getName());
        try {
            out.file(PATH, FileKind.WEIGHTS, stream -> {
                CheckedObjectOutput objects = new CheckedObjectOutput(stream, allowed);
                objects.writeObject(model);
                objects.flush();
            });
        } catch (NotSerializableException e) {
            throw new SerializationException(
                    ErrorCode.INVALID,
                    type.getName(),
                    "Cannot write object of class '%s': class '%s' in it is not serializable, expected java.io.Serializable throughout"
                            .formatted(model.getClass().getName(), e.getMessage()),
                    e);
        } catch (InvalidClassException e) {
            throw refused("write", String.valueOf(e.getMessage()), allowed, e);
        }
    }

    /**
     * Reads the object.
     *
     * @throws RefusedContentException when this serializer is off, or the stream holds a class that is not allowed or
     *     exceeds a limit
     * @throws SerializationException when the stream is damaged or holds an object of another type, or the code of a
     *     class in it fails
     */
    @Override
    public T read(ArtifactReader in) throws IOException {
        JavaClassFilter allowed = requireFilter("read");
        log.warn("SECURITY: reading an object of {} by Java serialization, {}", type.getName(), allowed);
        try (ObjectBytes bytes = new ObjectBytes(in.open(PATH), in.size(PATH))) {
            Object model = onlyObject(bytes, allowed);
            if (!type.isInstance(model)) {
                throw unreadable(
                        "it holds " + (model == null ? "null" : model.getClass().getName()), null);
            }
            return type.cast(model);
        }
    }

    private @Nullable Object onlyObject(ObjectBytes bytes, JavaClassFilter allowed) throws IOException {
        FilteredObjectInput objects = begin(bytes, allowed);
        Object model;
        boolean goesOn;
        try {
            model = objects.readObject();
            goesOn = objects.read() >= 0 || bytes.read() >= 0;
        } catch (IOException | RuntimeException e) {
            if (bytes.failed()) {
                throw e;
            }
            throw notRead(objects.refusal(), allowed, e);
        } catch (ClassNotFoundException e) {
            throw notRead(objects.refusal(), allowed, e);
        }
        if (goesOn) {
            throw unreadable("it goes on after the object", null);
        }
        return model;
    }

    private FilteredObjectInput begin(ObjectBytes bytes, JavaClassFilter allowed) throws IOException {
        try {
            return new FilteredObjectInput(bytes, allowed, loader());
        } catch (StreamCorruptedException | EOFException e) {
            if (bytes.failed()) {
                throw e;
            }
            throw unreadable("it is not a Java object stream", e);
        }
    }

    /** The class and its type in one, because several of these differ by type alone. */
    @Override
    public String id() {
        return Serializer.super.id() + "<" + type.getName() + ">";
    }

    private ClassLoader loader() {
        ClassLoader own = type.getClassLoader();
        return own == null ? ClassLoader.getPlatformClassLoader() : own;
    }

    private JavaClassFilter requireFilter(String verb) {
        JavaClassFilter present = filter;
        if (present == null) {
            throw new RefusedContentException(
                    type.getName(),
                    ("Cannot %s Java object '%s': Java serialization is off, expected JavaSerializer.of(...).allowing(...) with every"
                                    + " class that the object may hold")
                            .formatted(verb, type.getName()),
                    null);
        }
        return present;
    }

    private RefusedContentException refused(String verb, String why, JavaClassFilter allowed, Throwable cause) {
        return new RefusedContentException(
                type.getName(),
                "Cannot %s Java object '%s': %s, expected %s".formatted(verb, type.getName(), why, allowed),
                cause);
    }

    private SerializationException notRead(String refusal, JavaClassFilter allowed, Exception e) {
        if (!refusal.isEmpty()) {
            return refused("read", refusal, allowed, e);
        }
        String said = e.getMessage() == null ? "" : ", " + e.getMessage();
        return unreadable(e.getClass().getSimpleName() + said, e);
    }

    private SerializationException unreadable(String why, @Nullable Throwable cause) {
        return new SerializationException(
                ErrorCode.LOAD_FAILED,
                PATH,
                "Cannot read Java object '%s': %s, expected one object of class '%s'"
                        .formatted(PATH, why, type.getName()),
                cause);
    }

    /** Refuses to write what the filter would refuse to read. */
    private static final class CheckedObjectOutput extends ObjectOutputStream {
        private final JavaClassFilter filter;
        private boolean failed;

        CheckedObjectOutput(OutputStream out, JavaClassFilter filter) throws IOException {
            super(out);
            this.filter = filter;
            enableReplaceObject(true);
        }

        /** A failed stream ends with the exception itself, whose classes must not hide the first failure. */
        @Override
        protected Object replaceObject(Object written) {
            failed |= written instanceof IOException;
            return written;
        }

        @Override
        protected void annotateClass(Class<?> written) throws IOException {
            if (!failed && !filter.allows(written.getName())) {
                throw new InvalidClassException("class '" + written.getName() + "' is not allowed");
            }
        }

        @Override
        protected void annotateProxyClass(Class<?> written) throws IOException {
            throw new InvalidClassException("it holds a dynamic proxy");
        }
    }
}
