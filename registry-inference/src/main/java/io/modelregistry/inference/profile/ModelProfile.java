package io.modelregistry.inference.profile;

import io.modelregistry.inference.PredictorDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a model costs on the machine that it was measured on.
 *
 * @param description how the model was run
 * @param loadTime how long it took to load it
 * @param memory what that took
 * @param latency of single predictions
 * @param batches throughput of one caller by batch, from 1 upwards
 * @param threads throughput of the recommended batch by threads: callers first, then intra-op
 * @param recommendation what follows
 */
public record ModelProfile(
        PredictorDescription description,
        Duration loadTime,
        MemoryUse memory,
        Latency latency,
        List<Throughput> batches,
        List<Throughput> threads,
        Recommendation recommendation) {
    /** Copies the lists. */
    public ModelProfile {
        batches = List.copyOf(batches);
        threads = List.copyOf(threads);
    }

    /**
     * Writes all of it as tables for a person.
     *
     * @throws UncheckedIOException if the target fails
     */
    public void print(Appendable target) {
        try {
            target.append(toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of it as tables for a person. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("Profile of ").append(description).append('\n');
        line(out, "load time", millis(loadTime));
        line(out, "model size", bytes(memory.modelBytes()));
        line(out, "resident memory", bytes(memory.residentAfter()) + ", grown by " + bytes(memory.residentGrowth()));
        line(
                out,
                "direct buffers",
                bytes(OptionalLong.of(memory.directAfter())) + ", grown by "
                        + bytes(OptionalLong.of(memory.directAfter() - memory.directBefore())));
        line(
                out,
                "latency, batch 1",
                "p50 " + millis(latency.p50()) + ", p90 " + millis(latency.p90()) + ", p99 " + millis(latency.p99())
                        + ", max " + millis(latency.max()) + " (" + latency.samples() + " calls)");
        table(out, batches);
        table(out, threads);
        out.append("Recommended: batches of ")
                .append(recommendation.batch())
                .append(", ")
                .append(recommendation.callerThreads())
                .append(" caller threads, ")
                .append(recommendation.loadOptions())
                .append('\n');
        recommendation
                .reasons()
                .forEach(reason -> out.append("  ").append(reason).append('\n'));
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(String.format(Locale.ROOT, "  %-18s%s\n", name, value));
    }

    private static void table(StringBuilder out, List<Throughput> rows) {
        out.append("  batch  callers  intra-op      rows/s\n");
        for (Throughput row : rows) {
            out.append(String.format(
                    Locale.ROOT,
                    "  %5d  %7d  %8d  %10.0f\n",
                    row.batch(),
                    row.callerThreads(),
                    row.intraOpThreads(),
                    row.rowsPerSecond()));
        }
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.3f ms", duration.toNanos() / 1e6);
    }

    private static String bytes(OptionalLong bytes) {
        return bytes.isEmpty()
                ? "unknown"
                : String.format(Locale.ROOT, "%.1f MiB", bytes.getAsLong() / (double) (1 << 20));
    }
}
