package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a budget admits is what the process holds. */
final class OnnxBudgetTest {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxBudgetTest.class);
    private static final Percentage TEN_PERCENT = Percentage.withPercentage(10);

    /** Without it the C library keeps what was freed after loading, see docs/engines.md. */
    private static final Map<String, String> GIVE_BACK = Map.of("MALLOC_MMAP_THRESHOLD_", "131072");

    @TempDir
    private Path folder;

    @BeforeEach
    void requireResidentSize() {
        ProbeProcess.requireResidentSize();
    }

    @Test
    void twoHundredModelsThroughABudgetForTwentyHoldWhatIsAdmitted() throws Exception {
        List<String> lines = serve(200, 20, GIVE_BACK);
        List<String> samples =
                lines.stream().filter(line -> line.startsWith("sample")).toList();
        assertThat(samples).hasSize(6);
        for (String sample : samples) {
            String[] parts = sample.split(" ", -1);
            long admitted = Long.parseLong(parts[1]);
            assertThat(Long.parseLong(parts[2])).as(sample).isCloseTo(admitted, TEN_PERCENT);
            assertThat(Integer.parseInt(parts[5])).as(sample).isCloseTo(20, within(2));
        }
    }

    private List<String> serve(int models, int room, Map<String, String> environment)
            throws IOException, InterruptedException {
        List<String> lines = ProbeProcess.run(
                BudgetProbe.class,
                ProbeProcess.QUICK_COMPILER,
                environment,
                List.of(folder.toString(), Integer.toString(models), Integer.toString(room)));
        LOG.info("kB admitted, observed, direct, resident, models loaded: {}", lines);
        return lines;
    }
}
