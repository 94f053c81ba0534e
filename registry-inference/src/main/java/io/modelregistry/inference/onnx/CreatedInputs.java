package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runtime's tensors for the inputs of one call, and the end of them. */
final class CreatedInputs implements AutoCloseable {
    private final OrtEnvironment environment;
    private final @Nullable UnsignedInputs unsignedInputs;
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    private final List<OnnxTensor> owned = new ArrayList<>();
    private final List<OrtSession.Result> casts = new ArrayList<>();
    private final List<ExactTexts> texts = new ArrayList<>();

    CreatedInputs(OrtEnvironment environment, @Nullable UnsignedInputs unsignedInputs) {
        this.environment = environment;
        this.unsignedInputs = unsignedInputs;
    }

    void add(Tensors inputs) throws OrtException {
        for (String name : inputs.names()) {
            Tensor tensor = inputs.get(name);
            if (unsignedInputs != null && UnsignedInputs.needs(tensor.type())) {
                OrtSession.Result cast = unsignedInputs.make(tensor);
                casts.add(cast);
                tensors.put(name, (OnnxTensor) cast.get(0));
            } else if (tensor.type() == DataType.BYTES && ExactTexts.needs(tensor.strings())) {
                ExactTexts exact = new ExactTexts(environment, tensor.strings(), tensor.shape());
                texts.add(exact);
                tensors.put(name, exact.tensor());
            } else {
                OnnxTensor created = OnnxValues.create(environment, tensor);
                owned.add(created);
                tensors.put(name, created);
            }
        }
    }

    Map<String, OnnxTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        owned.forEach(OnnxTensor::close);
        casts.forEach(OrtSession.Result::close);
        texts.forEach(ExactTexts::close);
    }
}
