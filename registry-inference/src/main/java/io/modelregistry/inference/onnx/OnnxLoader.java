package io.modelregistry.inference.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.modelregistry.inference.DeviceUnavailableException;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Precision;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.UnsupportedModelException;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens one model file with ONNX Runtime. */
final class OnnxLoader {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxLoader.class);
    private static final String EXPECTED = "a complete ONNX model that ONNX Runtime can run";

    private static final String PREFIX = "Error code - ";
    private static final String PREFIX_END = " - message: ";

    private final ModelSource source;
    private final LoadOptions options;
    private final OrtEnvironment environment;
    private final List<String> notes = new ArrayList<>();

    OnnxLoader(ModelSource source, LoadOptions options) {
        this.source = source;
        this.options = options;
        this.environment = OnnxEnvironment.get();
    }

    static EngineSession load(ModelSource source, LoadOptions options) {
        if (!Files.isReadable(source.primaryPath()) || Files.isDirectory(source.primaryPath())) {
            throw new ModelLoadException(source, "the file is missing or cannot be read", EXPECTED, null);
        }
        OnnxLoader loader = new OnnxLoader(source, options);
        if (options.device().equalsIgnoreCase(LoadOptions.AUTO_DEVICE)) {
            return loader.loadOnFirst(OnnxDevice.automatic());
        }
        OnnxDevice device = OnnxDevice.find(options.device())
                .orElseThrow(() ->
                        new DeviceUnavailableException(source.id(), options.device(), OnnxDevice.offered(), null));
        return loader.loadOnly(device);
    }

    /**
     * Loads the model onto the first device that takes it, in the end the CPU, whose error is then that of the model.
     */
    EngineSession loadOnFirst(List<OnnxDevice> devices) {
        for (OnnxDevice device : devices) {
            try {
                return loadOn(device);
            } catch (DeviceUnavailableException | ModelLoadException e) {
                notes.add("auto: " + device.name() + " cannot be used");
                LOG.warn("Model '{}' falls back from device {}", source.id(), device.name(), e);
            }
        }
        notes.add("auto: fell back to cpu, the runtime offers " + OnnxDevice.offered());
        LOG.info(
                "Model '{}' runs on the CPU: device auto found nothing better among {}",
                source.id(),
                OnnxDevice.offered());
        return loadOn(OnnxDevice.CPU);
    }

    /**
     * Loads the model onto this device. The runtime looks for the device itself, such as a GPU of that index, only
     * while it makes the session, and fails as it does for a damaged model: what the CPU takes is not damaged.
     */
    EngineSession loadOnly(OnnxDevice device) {
        try {
            return loadOn(device);
        } catch (ModelLoadException e) {
            if (device.equals(OnnxDevice.CPU)) {
                throw e;
            }
            loadOn(OnnxDevice.CPU).close();
            throw new DeviceUnavailableException(source.id(), device.name(), OnnxDevice.offered(), e);
        }
    }

    private EngineSession loadOn(OnnxDevice device) {
        SessionOptions sessionOptions = new SessionOptions();
        OrtSession session = null;
        try {
            configure(sessionOptions);
            putOn(device, sessionOptions);
            session = environment.createSession(source.primaryPath().toString(), sessionOptions);
            EngineSession loaded = describe(session, sessionOptions, device);
            LOG.debug("Loaded {}", loaded.description());
            return loaded;
        } catch (OrtException e) {
            close(session, sessionOptions);
            // The folder is that of this machine; messages name the file alone.
            String why = words(e).replace(source.folder() + File.separator, "");
            throw new ModelLoadException(source, why, EXPECTED, e);
        } catch (RuntimeException e) {
            close(session, sessionOptions);
            throw e;
        }
    }

    private void putOn(OnnxDevice device, SessionOptions sessionOptions) {
        try {
            device.placement().addTo(sessionOptions);
        } catch (OrtException | RuntimeException e) {
            throw new DeviceUnavailableException(source.id(), device.name(), OnnxDevice.offered(), e);
        }
    }

    private void configure(SessionOptions sessionOptions) throws OrtException {
        // Errors arrive as exceptions; a library does not write to the host's standard error.
        sessionOptions.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        sessionOptions.setIntraOpNumThreads(options.intraOpThreads());
        sessionOptions.setInterOpNumThreads(options.interOpThreads());
        sessionOptions.setExecutionMode(
                options.interOpThreads() > 1
                        ? SessionOptions.ExecutionMode.PARALLEL
                        : SessionOptions.ExecutionMode.SEQUENTIAL);
        sessionOptions.setCPUArenaAllocator(options.arena() == LoadOptions.MemoryArena.KEEP);
        sessionOptions.setOptimizationLevel(
                switch (options.optimization()) {
                    case NONE -> SessionOptions.OptLevel.NO_OPT;
                    case BASIC -> SessionOptions.OptLevel.BASIC_OPT;
                    case EXTENDED -> SessionOptions.OptLevel.EXTENDED_OPT;
                    case ALL -> SessionOptions.OptLevel.ALL_OPT;
                });
        if (options.weights() == LoadOptions.WeightLoading.MAP) {
            // Packing would copy the weights out of the mapped file.
            sessionOptions.addConfigEntry("session.disable_prepacking", "1");
        }
        for (Map.Entry<String, String> entry : options.engineOptions().entrySet()) {
            sessionOptions.addConfigEntry(entry.getKey(), entry.getValue());
        }
    }

    private EngineSession describe(OrtSession session, SessionOptions sessionOptions, OnnxDevice device)
            throws OrtException {
        Optional<OnnxModelFile> file = readFile();
        TensorSignature signature = new TensorSignature(
                specs("input", session.getInputInfo().values(), file),
                specs("output", session.getOutputInfo().values(), file));
        if (options.weights() == LoadOptions.WeightLoading.MAP
                && !file.map(OnnxModelFile::hasExternalData).orElse(true)) {
            notes.add("no weights are mapped: the model has none in a file of their own");
        }
        PredictorDescription description = new PredictorDescription(
                source.id(),
                OnnxPredictorProvider.ID,
                environment.getVersion(),
                device.name(),
                file.map(OnnxModelFile::precision).orElse(Precision.UNKNOWN),
                metadata(session.getMetadata()),
                notes);
        return new OnnxSession(
                session, sessionOptions, signature, description, unsignedInputs(signature), nativeBytes(file));
    }

    private @Nullable UnsignedInputs unsignedInputs(TensorSignature signature) throws OrtException {
        Set<DataType> types = signature.inputs().stream()
                .map(TensorSpec::type)
                .filter(UnsignedInputs::needs)
                .collect(Collectors.toSet());
        return types.isEmpty() ? null : new UnsignedInputs(environment, types);
    }

    private long nativeBytes(Optional<OnnxModelFile> file) {
        return file.map(known -> OnnxFootprint.bytes(known, options))
                .orElseGet(
                        () -> OnnxFootprint.bytes(source.primaryPath().toFile().length()));
    }

    private Optional<OnnxModelFile> readFile() {
        try {
            return Optional.of(OnnxModelFile.read(source.primaryPath()));
        } catch (IOException e) {
            // The runtime also reads a format of its own, about which nothing more can be said here.
            LOG.debug("Model '{}' is no ONNX protobuf file: its precision stays unknown", source.id(), e);
            return Optional.empty();
        }
    }

    private List<TensorSpec> specs(String side, Collection<NodeInfo> nodes, Optional<OnnxModelFile> file) {
        List<TensorSpec> specs = new ArrayList<>();
        for (NodeInfo node : nodes) {
            boolean rankKnown =
                    file.map(known -> known.hasShape(node.getName())).orElse(true);
            specs.add(OnnxTypes.spec(node, rankKnown)
                    .filter(spec -> spec.isTensor() || !side.equals("input"))
                    .orElseThrow(() -> new UnsupportedModelException(
                            source,
                            "the type of its " + side + " '" + node.getName() + "' cannot be exchanged: "
                                    + node.getInfo(),
                            "tensors of numbers, booleans or texts")));
        }
        return specs;
    }

    private static Map<String, String> metadata(OnnxModelMetadata metadata) {
        Map<String, String> all = new LinkedHashMap<>(metadata.getCustomMetadata());
        putUnlessEmpty(all, "producer", metadata.getProducerName());
        putUnlessEmpty(all, "graph", metadata.getGraphName());
        putUnlessEmpty(all, "description", metadata.getDescription());
        putUnlessEmpty(all, "domain", metadata.getDomain());
        return all;
    }

    private static void putUnlessEmpty(Map<String, String> map, String key, String value) {
        if (!value.isEmpty()) {
            map.putIfAbsent(key, value);
        }
    }

    /** The runtime's words, without what it says in front of every message. */
    static String words(OrtException e) {
        String message = String.valueOf(e.getMessage()).strip();
        int start = message.startsWith(PREFIX) ? message.indexOf(PREFIX_END) : -1;
        return start < 0 ? message : message.substring(start + PREFIX_END.length());
    }

    private static void close(@Nullable OrtSession session, SessionOptions options) {
        if (session != null) {
            closeQuietly(session);
        }
        options.close();
    }

    /** Closes a session that nobody uses any more; there is nothing a caller could do about a failure. */
    static void closeQuietly(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            LOG.warn("A native session could not be closed", e);
        }
    }
}
