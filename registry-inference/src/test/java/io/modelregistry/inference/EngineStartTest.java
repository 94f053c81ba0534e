package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.EngineChild.Engine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Engines start in fresh processes in any order, beside a host's own use of them, and under long command lines. */
@Timeout(300)
final class EngineStartTest {
    /** What the runtime's search of the command line takes of the stack ends a thread of 1 MiB at about 3,980 bytes. */
    private static final int LONG = 16 << 10;

    private static final int LARGEST_ARGUMENT = 1 << 10;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "ONNX, TENSORFLOW, TORCHSCRIPT",
        "ONNX, TORCHSCRIPT, TENSORFLOW",
        "TENSORFLOW, ONNX, TORCHSCRIPT",
        "TENSORFLOW, TORCHSCRIPT, ONNX",
        "TORCHSCRIPT, ONNX, TENSORFLOW",
        "TORCHSCRIPT, TENSORFLOW, ONNX"
    })
    void enginesLoadInAnyOrder(Engine first, Engine second, Engine third) throws Exception {
        List<Engine> order = List.of(first, second, third);
        List<String> tasks =
                order.stream().map(engine -> EngineChild.PREDICT + engine).toList();
        assertThat(new EngineProcess(folder).run(tasks)).last().isEqualTo(order + " predict as expected");
    }

    @ParameterizedTest
    @ValueSource(ints = {LONG, 20 * LONG})
    @EnabledOnOs(OS.LINUX)
    void onnxRuntimeStartsUnderALongCommandLine(int bytes) throws Exception {
        List<String> lines = new EngineProcess(folder)
                .withoutVariable(EngineProcess.TELEMETRY)
                .flags(padding(bytes))
                .run(List.of(EngineChild.EXPOSED + bytes, EngineChild.PREDICT + Engine.ONNX));
        assertThat(lines).containsExactly("[ONNX] predict as expected");
    }

    /** The host starts the runtime on a thread of its own, where only the variable protects it. */
    @Test
    void theVariableProtectsAHostThatStartsTheRuntimeItself() throws Exception {
        List<String> lines = new EngineProcess(folder)
                .variable(EngineProcess.TELEMETRY, "1")
                .flags(padding(LONG))
                .run(List.of(EngineChild.HOST_ENVIRONMENT, EngineChild.PREDICT + Engine.ONNX));
        assertThat(lines).containsExactly("host has ONNX Runtime 1.29.0", "[ONNX] predict as expected");
    }

    @Test
    void aHostMayHaveStartedTheRuntimeBefore() throws Exception {
        List<String> lines = new EngineProcess(folder)
                .withoutVariable(EngineProcess.TELEMETRY)
                .run(List.of(EngineChild.HOST_ENVIRONMENT, EngineChild.PREDICT + Engine.ONNX));
        assertThat(lines).containsExactly("host has ONNX Runtime 1.29.0", "[ONNX] predict as expected");
    }

    private static List<String> padding(int bytes) {
        List<String> flags = new ArrayList<>();
        for (int length = 0; length < bytes; length += LARGEST_ARGUMENT) {
            flags.add("-Dpadding." + length + "=" + "x".repeat(LARGEST_ARGUMENT));
        }
        return flags;
    }
}
