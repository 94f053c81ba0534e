package io.modelregistry.inference.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.tensorflow.engine.SavedModelBundle;
import ai.djl.tensorflow.engine.TfSymbolBlock;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.UnsupportedModelException;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.SignatureDef;

/** Opens one SavedModel with the TensorFlow engine of DJL. */
final class TensorFlowLoader {
    private static final Logger LOG = LoggerFactory.getLogger(TensorFlowLoader.class);
    private static final String DEFAULT_SIGNATURE = "serving_default";
    private static final String DEFAULT_TAGS = "serve";

    /** What the loader leaves in the graph to prepare tables; not for callers. */
    private static final String INIT_SIGNATURE = "__saved_model_init_op";

    private final ModelSource source;
    private final LoadOptions options;
    private final String signature;
    private final String tags;
    private final List<String> notes = new ArrayList<>();

    private TensorFlowLoader(ModelSource source, LoadOptions options) {
        this.source = source;
        this.options = options;
        this.signature = options.engineOptions().getOrDefault(TensorFlowPredictorProvider.SIGNATURE, DEFAULT_SIGNATURE);
        this.tags = options.engineOptions().getOrDefault(TensorFlowPredictorProvider.TAGS, DEFAULT_TAGS);
    }

    static EngineSession load(ModelSource source, LoadOptions options) {
        checkEngineOptions(options.engineOptions().keySet());
        SavedModelFiles.requireGraph(source);
        return new TensorFlowLoader(source, options).load();
    }

    private static void checkEngineOptions(Set<String> given) {
        Set<String> known = Set.of(TensorFlowPredictorProvider.SIGNATURE, TensorFlowPredictorProvider.TAGS);
        for (String name : given) {
            if (!known.contains(name)) {
                throw new InvalidValueException(
                        "engine option", name, "TensorFlow has no such option here", "one of " + new TreeSet<>(known));
            }
        }
    }

    private EngineSession load() {
        Engine engine = TensorFlowEngine.start();
        TensorFlowDevice device = TensorFlowDevice.choose(source, options);
        if (options.device().equalsIgnoreCase(LoadOptions.AUTO_DEVICE) && device == TensorFlowDevice.CPU) {
            notes.add("auto: fell back to cpu, the engine offers " + TensorFlowDevice.offered());
            LOG.info("Model '{}' runs on the CPU: device auto found nothing better", source.id());
        }
        noteThreads();
        Model model = engine.newModel(source.id(), device.toDjl());
        try {
            Path folder = Objects.requireNonNull(source.primaryPath().getParent());
            Map<String, Object> settings =
                    Map.of("Tags", tags.split(","), "SignatureDefKey", signature, "ConfigProto", configuration(device));
            model.load(folder, TensorFlowPredictorProvider.FILE, settings);
            EngineSession session = open(model, device, engine.getVersion());
            LOG.debug("Loaded {}", session.description());
            return session;
        } catch (RegistryException e) {
            model.close();
            throw e;
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw SavedModelFiles.refusal(source, e);
        }
    }

    private EngineSession open(Model model, TensorFlowDevice device, String version) {
        SavedModelBundle bundle = ((TfSymbolBlock) model.getBlock()).getSavedModelBundle();
        MetaGraphDef graph = bundle.getMetaGraphDef();
        SignatureDef definition = graph.getSignatureDefMap().get(signature);
        // DJL has taken any other one instead.
        if (definition == null) {
            Set<String> names = new TreeSet<>(graph.getSignatureDefMap().keySet());
            names.remove(INIT_SIGNATURE);
            throw new UnsupportedModelException(
                    source,
                    "it has no signature '" + signature + "'",
                    "the engine option '" + TensorFlowPredictorProvider.SIGNATURE + "' to be one of " + names);
        }
        SavedModelFiles.requireVariables(source, graph);
        ServingSignature serving = ServingSignature.read(source, definition);
        PredictorDescription description = new PredictorDescription(
                source.id(),
                TensorFlowPredictorProvider.ID,
                version,
                device.id(),
                SavedModelWeights.precision(graph.getGraphDef()),
                metadata(graph),
                notes);
        return new TensorFlowSession(model, bundle, serving, description);
    }

    private Map<String, String> metadata(MetaGraphDef graph) {
        String version = graph.getMetaInfoDef().getTensorflowVersion();
        Map<String, String> chosen = Map.of("signature", signature, "tags", tags);
        return version.isEmpty() ? chosen : Map.of("signature", signature, "tags", tags, "tensorflow_version", version);
    }

    private void noteThreads() {
        String threads = DjlSettings.valueOf(TensorFlowEngine.INTRA_OP_THREADS);
        if (!threads.equals(Integer.toString(options.intraOpThreads()))) {
            notes.add("intra-op threads are " + threads + ", as " + TensorFlowEngine.INTRA_OP_THREADS
                    + " says for the process");
        }
    }

    private ConfigProto configuration(TensorFlowDevice device) {
        ConfigProto.Builder config = ConfigProto.newBuilder();
        device.configure(config);
        config.setIntraOpParallelismThreads(options.intraOpThreads());
        if (options.interOpThreads() > 1) {
            config.setUsePerSessionThreads(true).setInterOpParallelismThreads(options.interOpThreads());
        } else {
            // On the calling thread: handing over to another one costs more than most operators.
            config.setInterOpParallelismThreads(-1);
        }
        if (options.optimization() == LoadOptions.Optimization.NONE) {
            config.getGraphOptionsBuilder()
                    .setOptimizerOptions(OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true));
        }
        return config.build();
    }
}
