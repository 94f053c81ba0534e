package io.modelregistry.model;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The framework that a model's files are made for, and its version where that is known.
 *
 * <p>The set is open: the constants are the names that detection knows, a host may use any other name for a format of
 * its own. A version is free text, because frameworks do not agree on one scheme ({@code 2.16.2}, {@code opset13}).
 * Immutable.
 */
public final class Framework {
    // The rules stand before the constants, which are checked against them while the class is initialised.
    private static final int MAX_NAME = 64;
    private static final int MAX_VERSION = 128;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]*");
    private static final Pattern VERSION = Pattern.compile("[\\x21-\\x7e]+");

    /** Open Neural Network Exchange. */
    public static final Framework ONNX = of("onnx");
    /** TensorFlow SavedModel. */
    public static final Framework TENSORFLOW = of("tensorflow");
    /** TorchScript, compiled by {@code torch.jit}. */
    public static final Framework TORCHSCRIPT = of("torchscript");
    /** PyTorch, saved by {@code torch.save}. */
    public static final Framework PYTORCH = of("pytorch");
    /** Keras, as a {@code .keras} archive or HDF5. */
    public static final Framework KERAS = of("keras");
    /** scikit-learn, pickled by joblib or pickle. */
    public static final Framework SKLEARN = of("sklearn");
    /** A Python pickle of something else. */
    public static final Framework PICKLE = of("pickle");
    /** Tensors in the safetensors format, without a description of the model. */
    public static final Framework SAFETENSORS = of("safetensors");
    /** A Hugging Face folder: a configuration with its weights. */
    public static final Framework HUGGINGFACE = of("huggingface");
    /** XGBoost. */
    public static final Framework XGBOOST = of("xgboost");
    /** LightGBM. */
    public static final Framework LIGHTGBM = of("lightgbm");
    /** GGUF, the format of llama.cpp. */
    public static final Framework GGUF = of("gguf");
    /** Java object serialization. */
    public static final Framework JAVA = of("java");
    /** A Java object as a JSON document. */
    public static final Framework JSON = of("json");
    /** Files of a format that nobody recognised, or that nobody asked to be recognised. */
    public static final Framework UNKNOWN = of("unknown");

    private final String name;
    private final @Nullable String version;

    private Framework(String name, @Nullable String version) {
        this.name = name;
        this.version = version;
    }

    /**
     * A framework whose version is not known.
     *
     * @param name a lower-case letter, then lower-case letters, digits, {@code .}, {@code _} or {@code -}; at most 64
     *     characters
     * @throws InvalidValueException when the name breaks these rules
     */
    public static Framework of(String name) {
        return new Framework(checkedName(name), null);
    }

    /**
     * A framework of a version.
     *
     * @param name as for {@link #of(String)}
     * @param version printable ASCII without spaces, at most 128 characters; the empty text and {@code unknown} say
     *     that it is not known
     * @throws InvalidValueException when the name or the version breaks these rules
     */
    public static Framework of(String name, String version) {
        return new Framework(checkedName(name), checkedVersion(version));
    }

    /**
     * Reads what {@link #toString} writes: {@code onnx}, or {@code onnx opset13}.
     *
     * @throws InvalidValueException when the text is not of that form
     */
    public static Framework parse(String text) {
        int space = text.indexOf(' ');
        if (space < 0) {
            return of(text);
        }
        Framework parsed = of(text.substring(0, space), text.substring(space + 1));
        if (parsed.version == null) {
            throw new InvalidValueException(
                    "framework", text, "its version is empty", "a name, or a name, a space and a version");
        }
        return parsed;
    }

    /** The same framework with another version, by the rules of {@link #of(String, String)}. */
    public Framework withVersion(String newVersion) {
        return new Framework(name, checkedVersion(newVersion));
    }

    /** The lower-case name. */
    public String name() {
        return name;
    }

    /** The version; empty when it is not known. */
    public Optional<String> version() {
        return Optional.ofNullable(version);
    }

    /** Whether the other one is the same framework, of whatever version. */
    public boolean sameNameAs(Framework other) {
        return name.equals(other.name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Framework that && name.equals(that.name) && Objects.equals(version, that.version);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Objects.hashCode(version);
    }

    /** The name, and after a space the version if it is known. */
    @Override
    public String toString() {
        return version == null ? name : name + " " + version;
    }

    private static String checkedName(String name) {
        if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    "framework name",
                    name,
                    "it is not a lower-case token",
                    "a letter, then letters, digits, '.', '_' or '-', at most " + MAX_NAME + " characters");
        }
        return name;
    }

    private static @Nullable String checkedVersion(String version) {
        if (version.isEmpty() || version.equals("unknown")) {
            return null;
        }
        if (version.length() > MAX_VERSION || !VERSION.matcher(version).matches()) {
            throw new InvalidValueException(
                    "framework version",
                    version,
                    "it is not a token",
                    "printable ASCII without spaces, at most " + MAX_VERSION
                            + " characters, or nothing when it is not known");
        }
        return version;
    }
}
