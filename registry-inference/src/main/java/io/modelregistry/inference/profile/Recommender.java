package io.modelregistry.inference.profile;

import io.modelregistry.inference.LoadOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Draws conclusions from measurements. What is within a tenth of the best counts as equally good, since such
 * differences come and go between two runs; among equals the cheaper one wins: the smaller batch, the fewer threads.
 */
final class Recommender {
    private static final double GOOD_ENOUGH = 0.9;

    private Recommender() {}

    /** The smallest batch that is about as fast as the best. */
    static Throughput batch(List<Throughput> batches) {
        double enough = GOOD_ENOUGH * best(batches);
        return batches.stream()
                .filter(measured -> measured.rowsPerSecond() >= enough)
                .min(Comparator.comparingInt(Throughput::batch))
                .orElseThrow();
    }

    /**
     * The conclusions.
     *
     * @param batches one caller, by batch
     * @param threads the recommended batch, by threads
     */
    static Recommendation of(LoadOptions base, List<Throughput> batches, List<Throughput> threads) {
        List<String> reasons = new ArrayList<>();
        Throughput batch = batch(batches);
        reasons.add(batchReason(batches, batch));
        LoadOptions.Builder load = base.toBuilder();
        int largestGood = batches.stream()
                .filter(measured -> measured.rowsPerSecond() >= GOOD_ENOUGH * best(batches))
                .mapToInt(Throughput::batch)
                .max()
                .orElseThrow();
        if (largestGood < batches.get(batches.size() - 1).batch()) {
            load.maxBatch(largestGood);
            reasons.add("Batches above " + largestGood + " are slower, so larger ones are split.");
        }
        double enough = GOOD_ENOUGH * best(threads);
        Throughput chosen = threads.stream()
                .filter(measured -> measured.rowsPerSecond() >= enough)
                .min(Comparator.comparingInt(Throughput::intraOpThreads).thenComparingInt(Throughput::callerThreads))
                .orElseThrow();
        reasons.add(threadReason(threads, chosen));
        load.intraOpThreads(chosen.intraOpThreads());
        return new Recommendation(load.build(), batch.batch(), chosen.callerThreads(), reasons);
    }

    private static double best(List<Throughput> measured) {
        return measured.stream().mapToDouble(Throughput::rowsPerSecond).max().orElseThrow();
    }

    private static String batchReason(List<Throughput> batches, Throughput batch) {
        double single = batches.get(0).rowsPerSecond();
        return batch.batch() == 1
                ? "Batches bring nothing: %s rows/s one by one, at best %s in a batch."
                        .formatted(rows(single), rows(best(batches)))
                : "A batch of %s gives %s rows/s, %s times as many as one by one; the best batch gives %s."
                        .formatted(
                                batch.batch(),
                                rows(batch.rowsPerSecond()),
                                String.format(Locale.ROOT, "%.1f", batch.rowsPerSecond() / single),
                                rows(best(batches)));
    }

    private static String threadReason(List<Throughput> threads, Throughput chosen) {
        String all = "%s caller threads with %s intra-op threads give %s rows/s; the best of all gives %s"
                .formatted(
                        chosen.callerThreads(),
                        chosen.intraOpThreads(),
                        rows(chosen.rowsPerSecond()),
                        rows(best(threads)));
        double single = threads.get(0).rowsPerSecond();
        return all + ", a single thread " + rows(single) + ".";
    }

    private static String rows(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f", perSecond);
    }
}
