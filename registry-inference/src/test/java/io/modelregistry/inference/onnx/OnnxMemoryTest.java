package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Native memory that nobody gives back shows in the resident size of the process, and nowhere in the heap. */
final class OnnxMemoryTest {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxMemoryTest.class);

    /** An unclosed result leaks 1.1 kB a call and an unclosed map 0.4 kB, so these counts would show either. */
    @ParameterizedTest
    @CsvSource({
        "digits-mlp, 5000, 40000",
        "cancer-logistic-zipmap, 2000, 8000",
        "all-types-identity, 2000, 8000",
        "load, 15, 40"
    })
    void memoryStaysFlat(String work, int warmUp, int calls) throws Exception {
        long[] sizes = probe(work, warmUp, calls, ProbeProcess.QUICK_COMPILER);
        assertThat(sizes[1] - sizes[0]).as("kilobytes more than %s", sizes[0]).isLessThan(6_000);
    }

    @Test
    @Tag("long")
    void aMillionPredictionsAndAThousandLoadsLeaveMemoryFlat() throws Exception {
        for (String work : List.of("digits-mlp", "cancer-logistic-zipmap")) {
            long[] sizes = probe(work, 100_000, 1_000_000, "-XX:+TieredCompilation");
            assertThat(sizes[1]).as(work).isLessThan(sizes[0] + sizes[0] / 20);
        }
        long[] sizes = probe("load", 1_200, 1_000, "-XX:+TieredCompilation");
        assertThat(sizes[1]).as("load").isLessThan(sizes[0] + sizes[0] / 20);
    }

    @BeforeEach
    void requireResidentSize() {
        ProbeProcess.requireResidentSize();
    }

    private static long[] probe(String work, int warmUp, int calls, String compiler)
            throws IOException, InterruptedException {
        List<String> output = ProbeProcess.run(
                MemoryProbe.class,
                compiler,
                Map.of(),
                List.of(work, Integer.toString(warmUp), Integer.toString(calls)));
        String[] parts = output.get(0).split(" ", 2);
        long before = Long.parseLong(parts[0]);
        long after = Long.parseLong(parts[1]);
        LOG.info(
                "{}: {} kB after {}, {} kB after {} more, {} %",
                work, before, warmUp, after, calls, (after - before) * 1000 / before / 10.0);
        return new long[] {before, after};
    }
}
