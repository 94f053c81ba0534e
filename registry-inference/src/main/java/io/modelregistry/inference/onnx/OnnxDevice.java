package io.modelregistry.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.modelregistry.inference.LoadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A device that a model can be loaded onto.
 *
 * @param name as a person asks for it, such as {@code cuda:0}
 * @param placement asks the runtime to put a session there
 */
record OnnxDevice(String name, Placement placement) {
    static final OnnxDevice CPU = new OnnxDevice(LoadOptions.CPU, options -> {});

    private static final List<OrtProvider> AUTOMATIC =
            List.of(OrtProvider.CUDA, OrtProvider.ROCM, OrtProvider.DIRECT_ML, OrtProvider.CORE_ML);
    private static final int MAX_INDEX_DIGITS = 4;

    /** Asks the runtime to put a session on a device; what is missing there may only show when the session is made. */
    interface Placement {
        void addTo(SessionOptions options) throws OrtException;
    }

    /** Short names of all execution providers of this runtime, {@code cpu} first. */
    static List<String> offered() {
        OnnxEnvironment.get();
        List<String> names = new ArrayList<>();
        names.add(LoadOptions.CPU);
        OrtEnvironment.getAvailableProviders().stream()
                .filter(provider -> provider != OrtProvider.CPU)
                .map(OnnxDevice::shortName)
                .forEach(names::add);
        return List.copyOf(names);
    }

    /** The device of this name, with or without an index; empty if the runtime does not offer it. */
    static Optional<OnnxDevice> find(String requested) {
        int colon = requested.lastIndexOf(':');
        String name = colon < 0 ? requested : requested.substring(0, colon);
        String index = colon < 0 ? "0" : requested.substring(colon + 1);
        if (index.isEmpty()
                || index.length() > MAX_INDEX_DIGITS
                || !index.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        return OrtEnvironment.getAvailableProviders().stream()
                .filter(provider -> shortName(provider).equalsIgnoreCase(name)
                        || provider.getName().equalsIgnoreCase(name))
                .map(provider -> of(provider, Integer.parseInt(index)))
                .findFirst();
    }

    /** What {@code auto} tries before the CPU, best first. */
    static List<OnnxDevice> automatic() {
        return AUTOMATIC.stream()
                .filter(OrtEnvironment.getAvailableProviders()::contains)
                .map(provider -> of(provider, 0))
                .toList();
    }

    private static OnnxDevice of(OrtProvider provider, int index) {
        if (provider == OrtProvider.CPU) {
            return CPU;
        }
        boolean indexed = provider == OrtProvider.CUDA
                || provider == OrtProvider.TENSOR_RT
                || provider == OrtProvider.ROCM
                || provider == OrtProvider.DIRECT_ML;
        String name = indexed ? shortName(provider) + ":" + index : shortName(provider);
        return new OnnxDevice(name, options -> add(provider, index, options));
    }

    /** {@code tensorrt} for {@code TensorrtExecutionProvider}. */
    private static String shortName(OrtProvider provider) {
        return provider.getName().replace("ExecutionProvider", "").toLowerCase(Locale.ROOT);
    }

    private static void add(OrtProvider provider, int index, SessionOptions options) throws OrtException {
        switch (provider) {
            case CPU -> {}
            case CUDA -> options.addCUDA(index);
            case TENSOR_RT -> options.addTensorrt(index);
            case ROCM -> options.addROCM(index);
            case DIRECT_ML -> options.addDirectML(index);
            case DNNL -> options.addDnnl(true);
            case OPEN_VINO -> options.addOpenVINO("");
            case CORE_ML -> options.addCoreML();
            case XNNPACK -> options.addXnnpack(Map.of());
            case QNN -> options.addQnn(Map.of());
            case WEBGPU -> options.addWebGPU(Map.of());
            case NNAPI -> options.addNnapi();
            case ACL -> options.addACL(false);
            default -> throw new OrtException("this provider cannot be chosen through the runtime's Java interface");
        }
    }
}
