/** Predictors over the models of a registry; the engines are optional at run time. */
module io.modelregistry.inference {
    requires static transitive org.jspecify;
    requires transitive io.modelregistry.core;
    requires org.slf4j;
    requires static com.microsoft.onnxruntime;
}
