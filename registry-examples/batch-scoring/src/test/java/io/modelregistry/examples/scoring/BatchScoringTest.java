package io.modelregistry.examples.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchScoringTest {
    @Test
    void theLoopTheJobAndTheFileAgree(@TempDir Path folder) throws IOException {
        String first = run(folder);
        assertThat(first)
                .contains("A plain loop recognises 445 of 450 images, 98.89 %.")
                .contains("A Spark job recognises 445 of 450 images, 98.89 %.")
                .contains("A file recognises 445 of 450 images, 98.89 %.")
                .contains("ScoringReport[rows=450, failedRows=0, resumedRows=0");
        assertThat(run(folder)).contains("resumedRows=450").contains("A file recognises 445 of 450 images");
    }

    @Test
    void theGuideNamesTheCommandThatThePomExplains() throws IOException {
        String command = "mvn -q -Dquick=score -pl registry-examples/batch-scoring -am compile";
        assertThat(Files.readString(Path.of("pom.xml"))).contains(command);
        assertThat(Files.readString(Path.of("../../docs/batch-scoring.md"))).contains(command);
    }

    private static String run(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            BatchScoring.run(out, folder);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
