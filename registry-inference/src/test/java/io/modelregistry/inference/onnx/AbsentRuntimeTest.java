package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.Predictors;
import io.modelregistry.model.DataType;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class AbsentRuntimeTest {
    @Test
    void aMissingArtifactIsReportedAndNothingElseBreaks() throws Exception {
        URL[] classes = {location(Predictors.class), location(DataType.class), location(Logger.class)};
        try (URLClassLoader withoutRuntime = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = withoutRuntime.loadClass(OnnxPredictorProvider.class.getName());
            Object provider = type.getConstructor().newInstance();
            Object availability = type.getMethod("availability").invoke(provider);
            assertThat(availability.toString())
                    .contains("ONNX Runtime does not start")
                    .contains("NoClassDefFoundError");
            assertThat(type.getMethod("id").invoke(provider)).isEqualTo("onnxruntime");
            assertThat(type.getMethod("devices").invoke(provider)).isEqualTo(List.of());
        }
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}
