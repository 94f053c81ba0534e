package io.modelregistry.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
    private static final Path README = Path.of("../../README.md");
    private static final Path PROGRAM = Path.of("src/main/java/io/modelregistry/examples/quickstart/FirstSteps.java");

    @Test
    void theReadmeShowsTheProgramThatRuns() throws IOException {
        String program = Files.readString(PROGRAM).split("// README\n", -1)[1].stripTrailing();
        String readme = Files.readString(README).split("```java\n", -1)[1].split("```", -1)[0];
        assertThat(readme.stripTrailing()).isEqualTo(program.stripIndent().stripTrailing());
    }

    @Test
    void theProgramOfTheReadmeRecognisesADigit(@TempDir Path folder) throws IOException {
        Digits.Rows rows = Digits.testRows();
        Path model = Digits.modelFile("digits-mlp.onnx", folder);
        long answer = FirstSteps.firstSteps(folder.resolve("registry"), model, rows.pixels()[0]);
        assertThat(answer).isEqualTo(rows.labels()[0]);
    }

    @Test
    void theReadmeNamesTheCommandThatThePomExplains() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String command = "mvn -q -Dquick=start -pl registry-examples/quickstart -am compile";
        assertThat(Files.readString(README)).contains(command);
        assertThat(pom).contains(command);
    }
}
