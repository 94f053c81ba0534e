package io.modelregistry.inference.onnx;

import io.modelregistry.inference.Availability;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.PredictorProvider;
import io.modelregistry.model.Framework;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs ONNX models on ONNX Runtime.
 *
 * <p>Models are always loaded from their path, so external data beside them is found and the file is not held in the
 * heap. Devices are {@code cpu}, {@code cuda:0} and the other execution providers that the runtime was built with, by
 * short name ({@code tensorrt}) or by the runtime's own ({@code TensorrtExecutionProvider}).
 */
public final class OnnxPredictorProvider implements PredictorProvider {
    /** The id of this provider. */
    public static final String ID = "onnxruntime";

    private static final Logger LOG = LoggerFactory.getLogger(OnnxPredictorProvider.class);

    /** What a host adds to its dependencies. */
    private static final String ARTIFACTS =
            "com.microsoft.onnxruntime:onnxruntime:1.29.0, or onnxruntime_gpu of that version in its place";

    /** Made by the service loader, or by a host that passes it in the load options. */
    public OnnxPredictorProvider() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public boolean accepts(ModelSource source) {
        String file = source.primaryFile().toLowerCase(Locale.ROOT);
        return source.framework().sameNameAs(Framework.ONNX) || file.endsWith(".onnx") || file.endsWith(".ort");
    }

    @Override
    public Availability availability() {
        try {
            OnnxDevice.offered();
            return Availability.AVAILABLE;
        } catch (LinkageError | RuntimeException e) {
            // A missing artifact, a missing native library and an unsuitable C library all end here, as an Error more
            // often than not.
            return Availability.notStarting("ONNX Runtime", e, ARTIFACTS);
        }
    }

    @Override
    public List<String> devices() {
        return availability().isAvailable() ? OnnxDevice.offered() : List.of();
    }

    @Override
    public long estimateMemory(ModelSource source, LoadOptions options) {
        try {
            return OnnxFootprint.bytes(OnnxModelFile.read(source.primaryPath()), options);
        } catch (IOException e) {
            // It may be in the runtime's own format; loading says what is wrong otherwise.
            LOG.debug("Model '{}' is no ONNX protobuf file: its size is taken for its memory", source.id(), e);
            return OnnxFootprint.bytes(source.primaryPath().toFile().length());
        }
    }

    @Override
    public EngineSession load(ModelSource source, LoadOptions options) {
        return OnnxLoader.load(source, options);
    }
}
