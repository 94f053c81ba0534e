package io.modelregistry.inference;

import io.modelregistry.model.Framework;
import java.util.Map;

/** Says why a format that is known here cannot be run, and what to export instead. */
final class UnrunnableFormats {
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry(
                    Framework.SKLEARN.name(),
                    "scikit-learn pickles run in Python only; export it to ONNX with skl2onnx"),
            Map.entry(
                    Framework.PICKLE.name(),
                    "pickles run in Python only and can execute any code; export the model to ONNX"),
            Map.entry(
                    Framework.PYTORCH.name(),
                    "a state dict holds weights without the network; export it with torch.onnx or torch.jit.trace"),
            Map.entry(Framework.KERAS.name(), "Keras archives run in Python only; export a SavedModel or ONNX"),
            Map.entry(Framework.SAFETENSORS.name(), "safetensors hold weights without the network; export it to ONNX"),
            Map.entry(
                    Framework.HUGGINGFACE.name(),
                    "the folder holds weights for Python code; export it to ONNX with optimum"),
            Map.entry(
                    Framework.XGBOOST.name(), "no engine for XGBoost is installed; export it to ONNX with onnxmltools"),
            Map.entry(
                    Framework.LIGHTGBM.name(),
                    "no engine for LightGBM is installed; export it to ONNX with onnxmltools"),
            Map.entry(Framework.GGUF.name(), "GGUF runs in llama.cpp only"),
            Map.entry(Framework.JAVA.name(), "it is a Java object; load it through its serializer"),
            Map.entry(Framework.JSON.name(), "it is a Java object; load it through its serializer"),
            Map.entry(Framework.UNKNOWN.name(), "nobody recognised its files"));

    private UnrunnableFormats() {}

    static String reason(Framework framework) {
        return REASONS.getOrDefault(framework.name(), "no installed engine accepts it");
    }
}
