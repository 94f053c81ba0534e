/** Predictors over the models of a registry; the engines are optional at run time. */
module io.modelregistry.inference {
    requires static transitive org.jspecify;
    requires transitive io.modelregistry.core;
    requires com.fasterxml.jackson.core;
    requires java.management;
    requires org.slf4j;
    requires static com.microsoft.onnxruntime;
    requires static ai.djl.api;
    requires static ai.djl.pytorch_engine;
    requires static ai.djl.tensorflow_engine;
    requires static ai.djl.tensorflow_api;
    requires static com.google.protobuf;
    requires static org.bytedeco.javacpp;

    exports io.modelregistry.inference;
    exports io.modelregistry.inference.deployment;
    exports io.modelregistry.inference.djl;
    exports io.modelregistry.inference.onnx;
    exports io.modelregistry.inference.monitor;
    exports io.modelregistry.inference.profile;
    exports io.modelregistry.inference.runtime;
    exports io.modelregistry.inference.scoring;

    uses io.modelregistry.inference.PredictorProvider;

    provides io.modelregistry.inference.PredictorProvider with
            io.modelregistry.inference.djl.TensorFlowPredictorProvider,
            io.modelregistry.inference.djl.TorchScriptPredictorProvider,
            io.modelregistry.inference.onnx.OnnxPredictorProvider;
}
