package io.modelregistry.serialization;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Keeps a byte array as one file, as it is.
 *
 * <p>It reads the bytes of any version that consists of a single file, whichever framework that is for, because it does
 * not interpret them. Immutable.
 */
public final class BytesSerializer implements Serializer<byte[]> {
    private static final String DEFAULT_PATH = "model.bin";

    private final Framework framework;
    private final String path;

    private BytesSerializer(Framework framework, String path) {
        this.framework = framework;
        this.path = path;
    }

    /** Bytes of no particular framework, in the file {@code model.bin}. */
    public static BytesSerializer standard() {
        return new BytesSerializer(Framework.UNKNOWN, DEFAULT_PATH);
    }

    /** Bytes of a framework, in a file of the given path. */
    public static BytesSerializer of(Framework framework, String path) {
        return new BytesSerializer(framework, path);
    }

    @Override
    public Framework framework() {
        return framework;
    }

    @Override
    public Class<byte[]> type() {
        return byte[].class;
    }

    @Override
    public void write(byte[] model, ArtifactWriter out) throws IOException {
        out.file(path, FileKind.WEIGHTS, model.clone());
    }

    @Override
    public byte[] read(ArtifactReader in) throws IOException {
        List<String> files = in.files();
        if (files.size() != 1) {
            throw new SerializationException(
                    ErrorCode.LOAD_FAILED,
                    "byte[]",
                    "Cannot read bytes of '%s': there are %s files, expected exactly one".formatted(path, files.size()),
                    null);
        }
        String file = files.get(0);
        long size = in.size(file);
        if (size > Integer.MAX_VALUE - 8) {
            throw new SerializationException(
                    ErrorCode.LOAD_FAILED,
                    file,
                    "Cannot read bytes of '%s': it has %s bytes, expected less than 2 GiB; open it as a stream"
                            .formatted(file, size),
                    null);
        }
        try (InputStream stream = in.open(file)) {
            return stream.readAllBytes();
        }
    }
}
