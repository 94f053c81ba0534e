package io.modelregistry.inference.djl;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Precision;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.UnsupportedModelException;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens one TorchScript file with the PyTorch engine of DJL. */
final class TorchScriptLoader {
    private static final Logger LOG = LoggerFactory.getLogger(TorchScriptLoader.class);
    private static final String EXPECTED = "a complete TorchScript archive that PyTorch can run";

    private final ModelSource source;
    private final LoadOptions options;
    private final List<String> notes = new ArrayList<>();

    private TorchScriptLoader(ModelSource source, LoadOptions options) {
        this.source = source;
        this.options = options;
    }

    static EngineSession load(ModelSource source, LoadOptions options) {
        if (!options.engineOptions().isEmpty()) {
            throw new InvalidValueException(
                    "engine option",
                    options.engineOptions().keySet().toString(),
                    "TorchScript has no options here",
                    "none");
        }
        if (!Files.isReadable(source.primaryPath()) || Files.isDirectory(source.primaryPath())) {
            throw new ModelLoadException(source, "the file is missing or cannot be read", EXPECTED, null);
        }
        TensorSignature declared = source.findDeclared()
                .orElseThrow(() -> new UnsupportedModelException(
                        source,
                        "its file does not name its inputs and outputs, and no signature is declared",
                        "a tensor signature in the manifest or in ModelSource.withDeclared"));
        checkExchangeable(source, declared);
        return new TorchScriptLoader(source, options).load(declared);
    }

    private static void checkExchangeable(ModelSource source, TensorSignature declared) {
        if (declared.inputs().isEmpty()) {
            throw new UnsupportedModelException(source, "its declared signature has no input", "at least one");
        }
        List<TensorSpec> all = new ArrayList<>(declared.inputs());
        all.addAll(declared.outputs());
        for (TensorSpec spec : all) {
            if (!spec.isTensor() || TorchScriptTypes.toDjl(spec.type()).isEmpty()) {
                throw new UnsupportedModelException(
                        source,
                        "'" + spec + "' of its declared signature cannot be exchanged with PyTorch",
                        "tensors of " + TorchScriptTypes.known());
            }
        }
    }

    private EngineSession load(TensorSignature declared) {
        Engine engine = TorchScriptEngine.start();
        Device device = TorchScriptEngine.choose(source, options);
        note(device);
        Model model = engine.newModel(source.id(), device);
        try {
            model.load(source.folder(), source.primaryFile());
            PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
            // DJL does this in the first call, where a second thread would overtake it and run layers for training.
            JniUtils.enableInferenceMode(block);
            PredictorDescription description = new PredictorDescription(
                    source.id(),
                    TorchScriptPredictorProvider.ID,
                    engine.getVersion(),
                    TorchScriptEngine.id(device),
                    precision(block),
                    Map.of(),
                    notes);
            LOG.debug("Loaded {}", description);
            return new TorchScriptSession(model, declared, description);
        } catch (RegistryException e) {
            model.close();
            throw e;
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new ModelLoadException(source, words(e), EXPECTED, e);
        }
    }

    private void note(Device device) {
        if (options.device().equalsIgnoreCase(LoadOptions.AUTO_DEVICE) && !device.isGpu()) {
            notes.add("auto: fell back to cpu, the engine offers " + TorchScriptEngine.devices());
            LOG.info("Model '{}' runs on the CPU: device auto found nothing better", source.id());
        }
        String threads = DjlSettings.valueOf(TorchScriptEngine.INTRA_OP_THREADS);
        if (!threads.equals(Integer.toString(options.intraOpThreads()))) {
            notes.add("intra-op threads are " + threads + ", as " + TorchScriptEngine.INTRA_OP_THREADS
                    + " says for the process");
        }
    }

    private static Precision precision(PtSymbolBlock block) {
        Map<String, Long> bytesByType = new HashMap<>();
        for (Parameter parameter : block.getDirectParameters().values()) {
            try (NDArray array = parameter.getArray()) {
                String type = TorchScriptTypes.fromDjl(array.getDataType())
                        .map(Enum::name)
                        .orElse(Precision.UNKNOWN.weights());
                bytesByType.merge(type, array.size() * array.getDataType().getNumOfBytes(), Long::sum);
            }
        }
        String largest = bytesByType.entrySet().stream()
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse("none");
        return new Precision(largest, false);
    }

    /** What the engine says, in one line and without the folder, which is that of this machine. */
    private String words(Exception cause) {
        String message = String.valueOf(cause.getMessage()).strip();
        return message.lines().findFirst().orElse(cause.toString()).replace(source.folder() + File.separator, "");
    }
}
