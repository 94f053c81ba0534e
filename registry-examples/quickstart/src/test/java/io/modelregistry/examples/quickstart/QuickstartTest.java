package io.modelregistry.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {
    @Test
    void tellsTheWholeStoryTwiceInTheSameFolder(@TempDir Path parent) throws IOException {
        Path folder = parent.resolve("registry");
        String first = run(folder);
        assertThat(first)
                .contains("digits:1.0.0 recognises 97.56 %")
                .contains("digits:1.1.0 recognises 98.89 %")
                .contains("digits:1.1.0 is the better one and goes into production; 1.0.0 is now ARCHIVED.")
                .contains("digits:1.1.0 sees a 1 with probability 0.9997; it is a 1.")
                .contains("1.1.0 NONE -> PRODUCTION, 1.0.0 PRODUCTION -> ARCHIVED (recognises more digits)")
                .contains("digits:1.0.0 is in PRODUCTION again, digits:1.1.0 is ARCHIVED.")
                .contains("agree on all 4500 probabilities")
                .contains("models/digits/1.1.0/digits-mlp.onnx");
        assertThat(folder.resolve("models/digits/1.0.0/digits-forest.onnx")).exists();
        assertThat(run(folder).replaceAll("\\d{4}-\\d{2}-\\d{2}T[0-9:]{8}", "?"))
                .isEqualTo(first.replaceAll("\\d{4}-\\d{2}-\\d{2}T[0-9:]{8}", "?"));
        try (Stream<Path> left = Files.list(parent)) {
            assertThat(left).containsExactly(folder);
        }
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAsItIs(@TempDir Path folder) throws IOException {
        Path theirs = Files.writeString(
                Files.createDirectory(folder.resolve("models")).resolve("best.onnx"), "theirs");
        assertThatThrownBy(() -> run(folder))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot run in '" + folder + "': it holds files that no earlier run made,"
                        + " expected a new folder or an empty one");
        assertThat(theirs).hasContent("theirs");
        try (Stream<Path> left = Files.walk(folder)) {
            assertThat(left).containsExactlyInAnyOrder(folder, theirs.getParent(), theirs);
        }
    }

    private static String run(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            Quickstart.run(out, folder);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
