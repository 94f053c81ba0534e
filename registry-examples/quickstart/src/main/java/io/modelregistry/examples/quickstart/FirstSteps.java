package io.modelregistry.examples.quickstart;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.fs.FileSystemStorageNode;
import java.nio.file.Path;

/** The program that the README begins with. */
final class FirstSteps {
    private FirstSteps() {}

    /** Registers a model in a folder, promotes it, and asks it which digit an image shows. */
    static long firstSteps(Path folder, Path modelFile, float[] pixels) {
        // README
        try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(folder))) {
            registry.register(Registration.of("digits", modelFile)
                    .metric("accuracy", 0.989)
                    .build()); // version 1.0.0
            registry.promote("digits:1.0.0", Stage.PRODUCTION);
            try (Predictor digits = Predictors.load(registry, "digits@production")) {
                Tensors answer = digits.predict(Tensors.of("input", new float[][] {pixels}));
                return answer.get("label").longAt(0);
            }
        }
        // README
    }
}
