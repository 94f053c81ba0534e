package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxModelFileTest {
    @TempDir
    private Path folder;

    @Test
    void aLengthBeyondAllFilesIsNoProtobuf() throws IOException {
        // Field 1, of 2^63 - 1 bytes.
        byte[] bytes = {0x0a, -1, -1, -1, -1, -1, -1, -1, -1, 0x7f, 0};
        Path file = Files.write(folder.resolve("model.ort"), bytes);
        assertThatThrownBy(() -> OnnxModelFile.read(file))
                .isInstanceOf(EOFException.class)
                .hasMessage("A field at 10 is longer than the file");
    }
}
