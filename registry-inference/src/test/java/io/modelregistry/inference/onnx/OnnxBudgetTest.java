package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.modelregistry.inference.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** Within a tenth for what is large, and within what a session takes for what is not. */
    @ParameterizedTest
    @CsvSource({
        "dense, 12, 10",
        "digits-forest, 40, 10",
        "digits-cnn, 100, 25",
        "digits-mlp, 200, 25",
        "identity, 200, 80"
    })
    void aModelTakesWhatItWasToldToTake(String model, int copies, double percent) throws Exception {
        Path file = model.equals("dense")
                ? OnnxModels.dense(new Random(1), 64, 1000, 1000, 10).write(folder.resolve("dense.onnx"))
                : Fixtures.model(model + ".onnx");
        String line = load(LoadProbe.COPIES, file, copies).get(0);
        LOG.info("{}, file {} kB, observed, told and estimated kB: {}", model, Files.size(file) >> 10, line);
        String[] parts = line.split(" ", -1);
        double observed = Double.parseDouble(parts[0]);
        assertThat(Double.parseDouble(parts[1])).as(line).isCloseTo(observed, Percentage.withPercentage(percent));
        assertThat(Double.parseDouble(parts[2])).as(line).isCloseTo(observed, Percentage.withPercentage(percent));
    }

    @Test
    void loadingAndUnloadingLeavesMemoryFlat() throws Exception {
        assertFlat(200, 20);
    }

    @Test
    @Tag("long")
    void aThousandTimesLoadingAndUnloadingLeavesMemoryFlat() throws Exception {
        assertFlat(1000, 4);
    }

    /** The model takes 2,100 kB. Few cycles also show what the JVM still takes for itself. */
    private void assertFlat(int cycles, double mostKilobytesACycle) throws IOException, InterruptedException {
        Path file = OnnxModels.dense(new Random(1), 30, 512, 512, 512, 3).write(folder.resolve("mlp-512.onnx"));
        long[] sizes = load(LoadProbe.CYCLES, file, cycles).stream()
                .mapToLong(Long::parseLong)
                .toArray();
        double perCycle = slope(Arrays.copyOfRange(sizes, sizes.length / 3, sizes.length)) * sizes.length / cycles;
        LOG.info("resident kB in {} cycles: {}, {} kB a cycle", cycles, sizes, perCycle);
        assertThat(perCycle).as("kB a cycle of %s", Arrays.toString(sizes)).isLessThan(mostKilobytesACycle);
    }

    /** By least squares, from one size to the next. */
    private static double slope(long[] sizes) {
        double middle = (sizes.length - 1) / 2.0;
        double up = 0;
        double down = 0;
        for (int i = 0; i < sizes.length; i++) {
            up += (i - middle) * sizes[i];
            down += (i - middle) * (i - middle);
        }
        return up / down;
    }

    private static List<String> load(String what, Path file, int count) throws IOException, InterruptedException {
        return ProbeProcess.run(
                LoadProbe.class,
                ProbeProcess.QUICK_COMPILER,
                GIVE_BACK,
                List.of(what, file.toString(), Integer.toString(count)));
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
