package io.modelregistry.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Millions of rows in a heap that could hold a few percent of them. */
final class BoundedMemoryTest {
    private static final int HEAP = 24;

    @Test
    void twoMillionGeneratedRowsPassThroughASmallHeap() throws IOException, InterruptedException {
        String printed = ScoringChild.run(HEAP, List.of(ScoringChild.GENERATED, "2000000"));
        assertThat(Double.parseDouble(printed)).isEqualTo(2_000_000.0 * 2_000_001 / 2);
    }

    @Test
    void aFileLargerThanTheHeapIsScored(@TempDir Path folder) throws IOException, InterruptedException {
        Path input = folder.resolve("in.csv");
        try (BufferedWriter out = Files.newBufferedWriter(input)) {
            out.write("a,b\n");
            for (int i = 0; i < 20_000; i++) {
                out.write("0".repeat(2_000) + i + ",1\n");
            }
        }
        assertThat(Files.size(input)).isGreaterThan(HEAP << 20);
        Path output = folder.resolve("out.jsonl");
        String printed = ScoringChild.run(HEAP, List.of(ScoringChild.FILE, input.toString(), output.toString()));
        assertThat(printed).startsWith("ScoringReport[rows=20000, failedRows=0, resumedRows=0");
        assertThat(Files.size(output)).isPositive();
    }
}
