package io.modelregistry.inference.djl;

import ai.djl.Model;
import ai.djl.tensorflow.engine.SavedModelBundle;
import ai.djl.tensorflow.engine.javacpp.JavacppUtils;
import ai.djl.util.Pair;
import io.modelregistry.inference.EngineSession;
import io.modelregistry.inference.PredictionFailedException;
import io.modelregistry.inference.PredictorDescription;
import io.modelregistry.inference.TensorValue;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_Tensor;
import org.tensorflow.internal.c_api.global.tensorflow;

/**
 * A SavedModel that DJL has loaded. One native session serves all threads.
 *
 * <p>DJL's model owns the session; its predictors are not used. They are not thread-safe, know eight of TensorFlow's
 * types, compute every output, and run the model's initialisation again in each call. Here each call has its own scope
 * of native memory, which collects every pointer that the thread makes until its end, and what the session is asked for
 * is prepared once.
 */
final class TensorFlowSession implements EngineSession {
    private final Model model;
    private final TF_Session session;
    private final TensorSignature signature;
    private final PredictorDescription description;
    private final TF_Output inputNodes;
    private final TF_Output outputNodes;
    private final Map<String, Integer> outputPositions = new HashMap<>();

    @SuppressWarnings("try")
    TensorFlowSession(
            Model model, SavedModelBundle bundle, ServingSignature serving, PredictorDescription description) {
        this.model = model;
        this.session = bundle.getSession();
        this.signature = serving.tensors();
        this.description = description;
        try (PointerScope scope = new PointerScope()) {
            this.inputNodes = nodes(bundle.getGraph(), serving.inputs()).retainReference();
            this.outputNodes = nodes(bundle.getGraph(), serving.outputs()).retainReference();
        }
        for (TensorSpec output : signature.outputs()) {
            outputPositions.put(output.name(), outputPositions.size());
        }
    }

    private static TF_Output nodes(TF_Graph graph, List<String> names) {
        TF_Output nodes = new TF_Output(Math.max(1, names.size()));
        for (int i = 0; i < names.size(); i++) {
            Pair<TF_Operation, Integer> node = JavacppUtils.getGraphOperationByName(graph, names.get(i));
            nodes.position(i).oper(node.getKey()).index(node.getValue());
        }
        return nodes.position(0);
    }

    @Override
    public TensorSignature signature() {
        return signature;
    }

    @Override
    public PredictorDescription description() {
        return description;
    }

    @Override
    @SuppressWarnings("try")
    public Tensors run(Tensors inputs, List<String> outputs) {
        try (PointerScope scope = new PointerScope()) {
            TF_Tensor[] computed = compute(inputs, outputs);
            TensorValue[] values = new TensorValue[computed.length];
            for (int i = 0; i < values.length; i++) {
                String name = outputs.get(i);
                values[i] = TensorFlowTensors.read(description.model(), name, type(name), computed[i]);
            }
            return Tensors.of(outputs, values);
        }
    }

    @Override
    @SuppressWarnings("try")
    public void runInto(Tensors inputs, Tensors outputs) {
        try (PointerScope scope = new PointerScope()) {
            List<String> names = outputs.names();
            TF_Tensor[] computed = compute(inputs, names);
            for (int i = 0; i < names.size(); i++) {
                TensorFlowTensors.readInto(description.model(), names.get(i), computed[i], outputs.get(names.get(i)));
            }
        }
    }

    /** Runs the session; the caller's scope deletes the outputs and everything else that comes up here. */
    private TF_Tensor[] compute(Tensors inputs, List<String> outputs) {
        List<TensorSpec> specs = signature.inputs();
        PointerPointer<TF_Tensor> given = new PointerPointer<>(Math.max(1, specs.size()));
        for (int i = 0; i < specs.size(); i++) {
            given.put(i, TensorFlowTensors.create(inputs.get(specs.get(i).name())));
        }
        PointerPointer<TF_Tensor> computed = new PointerPointer<>(outputs.size());
        PointerPointer<TF_Operation> noTargets = new PointerPointer<>(1);
        TF_Status status = TF_Status.newStatus();
        tensorflow.TF_SessionRun(
                session,
                null,
                inputNodes,
                given,
                specs.size(),
                nodes(outputs),
                computed,
                outputs.size(),
                noTargets,
                0,
                null,
                status);
        requireSuccess(status);
        TF_Tensor[] tensors = new TF_Tensor[outputs.size()];
        for (int i = 0; i < tensors.length; i++) {
            tensors[i] = computed.get(TF_Tensor.class, i).withDeallocator();
        }
        return tensors;
    }

    private TF_Output nodes(List<String> outputs) {
        if (inOrder(outputs)) {
            return outputNodes;
        }
        TF_Output chosen = new TF_Output(outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            TF_Output node = outputNodes.getPointer(position(outputs.get(i)));
            chosen.position(i).oper(node.oper()).index(node.index());
        }
        return chosen.position(0);
    }

    /** Whether these are the first outputs of the signature. */
    private boolean inOrder(List<String> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            if (position(outputs.get(i)) != i) {
                return false;
            }
        }
        return true;
    }

    private int position(String output) {
        return outputPositions.getOrDefault(output, -1);
    }

    private DataType type(String output) {
        return signature.outputs().get(position(output)).type();
    }

    /** TensorFlow has an exception for each code, which have nothing in common; their further lines name nodes. */
    private void requireSuccess(TF_Status status) {
        try {
            status.throwExceptionIfNotOK();
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage()).strip();
            throw new PredictionFailedException(
                    description.model(), message.lines().findFirst().orElse(message), e);
        }
    }

    @Override
    public void close() {
        model.close();
        inputNodes.close();
        outputNodes.close();
    }
}
