package io.modelregistry.internal.export;

import io.modelregistry.model.DataType;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Shape;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@code config.pbtxt} of a model in a Triton repository, which all its versions share: a {@code ModelConfig} in
 * protobuf's text format.
 */
final class TritonConfig {
    /** What Triton may put together when a model takes any number of rows. */
    private static final int MAX_BATCH = 64;

    private static final Pattern COMMENT = Pattern.compile("#[^\\n]*");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern MAX_BATCH_SIZE = Pattern.compile("max_batch_size:([0-9]+)");
    private static final String ORIGIN = "model_registry_name";

    private final Export export;
    private final ServerLayout.Platform platform;
    private final Optional<TensorSignature> signature;
    private final boolean batched;

    TritonConfig(Export export, ServerLayout.Platform platform) {
        this.export = export;
        this.platform = platform;
        this.signature = usable(export, platform);
        this.batched = signature.isPresent()
                && Stream.concat(signature.get().inputs().stream(), signature.get().outputs().stream())
                        .allMatch(TritonConfig::takesAnyNumberOfRows);
    }

    /** The declared signature, if all of it can be said in a configuration; Triton asks the model for the rest. */
    private static Optional<TensorSignature> usable(Export export, ServerLayout.Platform platform) {
        Optional<TensorSignature> declared = export.manifest().io().signature();
        if (declared.isPresent()) {
            Stream.concat(declared.get().inputs().stream(), declared.get().outputs().stream())
                    .filter(spec -> !spec.isTensor())
                    .findFirst()
                    .ifPresent(spec -> {
                        throw export.refused(
                                ErrorCode.UNSUPPORTED,
                                "'" + spec.name() + "' is a " + spec.structure() + ", which Triton cannot carry",
                                "plain tensors");
                    });
        }
        Optional<TensorSignature> usable =
                declared.filter(known -> Stream.concat(known.inputs().stream(), known.outputs().stream())
                        .allMatch(spec -> spec.shape().isRankKnown()));
        if (usable.isEmpty() && platform == ServerLayout.Platform.TORCHSCRIPT) {
            throw export.refused(
                    ErrorCode.INVALID,
                    "a TorchScript module does not say what it takes and gives, and Triton has to know",
                    "a version that was registered with a signature");
        }
        return usable;
    }

    private static boolean takesAnyNumberOfRows(TensorSpec spec) {
        return spec.shape().rank() > 1 && spec.shape().dimensions().get(0).isDynamic();
    }

    /** The text for a folder, whose name Triton compares. */
    String text(Path folder) {
        return """
                name: "%s"
                platform: "%s"
                backend: "%s"
                max_batch_size: %s
                %sparameters { key: "%s" value { string_value: "%s" } }
                """.formatted(
                        folder.getFileName(),
                        platform.tritonName(),
                        platform.backend(),
                        batched ? MAX_BATCH : 0,
                        tensors(),
                        ORIGIN,
                        export.manifest().name().folded());
    }

    private String tensors() {
        return signature
                .map(known -> tensors("input", known.inputs()) + tensors("output", known.outputs()))
                .orElse("");
    }

    private String tensors(String field, List<TensorSpec> specs) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            String name = platform == ServerLayout.Platform.TORCHSCRIPT
                    ? (field + "__" + i).toUpperCase(java.util.Locale.ROOT)
                    : spec.name();
            text.append("%s [ { name: \"%s\" data_type: %s %s } ]\n"
                    .formatted(field, quoted(name), type(spec.type()), dimensions(spec.shape())));
        }
        return text.toString();
    }

    private String dimensions(Shape shape) {
        long[] sizes = shape.sizes();
        if (sizes.length == 0) {
            return "dims: [ 1 ] reshape { shape: [ ] }";
        }
        return Arrays.stream(batched ? Arrays.copyOfRange(sizes, 1, sizes.length) : sizes)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "dims: [ ", " ]"));
    }

    private static String type(DataType type) {
        return type == DataType.BYTES ? "TYPE_STRING" : "TYPE_" + type.name();
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** Refuses a configuration with which this version would not run; a person may have added to it. */
    void checkCompatible(String existing) {
        String theirs = normal(existing);
        check(theirs, "platform:", "platform:\"" + platform.tritonName() + "\"");
        check(theirs, "backend:", "backend:\"" + platform.backend() + "\"");
        String origin = "parameters{key:\"%s\"value{string_value:\"%s\"}}"
                .formatted(ORIGIN, export.manifest().name().folded());
        check(theirs, ORIGIN, origin);
        check(theirs, "input[", normal(tensors()));
        Matcher size = MAX_BATCH_SIZE.matcher(theirs);
        boolean theyBatch = size.find() && !size.group(1).chars().allMatch(c -> c == '0');
        if (theyBatch != batched) {
            throw incompatible("its max_batch_size says that rows are " + (theyBatch ? "" : "not ") + "batched");
        }
    }

    private void check(String theirs, String field, String expected) {
        if (theirs.contains(field) && !theirs.contains(expected)) {
            throw incompatible("it does not say " + expected);
        }
    }

    private RuntimeException incompatible(String why) {
        return export.refused(
                ErrorCode.ALREADY_EXISTS,
                "the folder of the model has a config.pbtxt that does not fit this version (" + why + ")",
                "another target, or a version that takes and gives the same");
    }

    private static String normal(String text) {
        return SPACE.matcher(COMMENT.matcher(text).replaceAll("")).replaceAll("");
    }
}
