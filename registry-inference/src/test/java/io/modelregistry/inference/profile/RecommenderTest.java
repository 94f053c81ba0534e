package io.modelregistry.inference.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.LoadOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecommenderTest {
    private static final LoadOptions BASE = LoadOptions.builder().warmUpRuns(3).build();
    private static final List<Throughput> FLAT = List.of(batch(1, 1000), batch(2, 1005), batch(4, 990));

    private static Throughput batch(int batch, double rows) {
        return new Throughput(batch, 1, 1, rows);
    }

    private static Throughput threads(int callers, int intraOp, double rows) {
        return new Throughput(8, callers, intraOp, rows);
    }

    @Test
    void theSmallestBatchThatIsAboutAsFastAsTheBestIsEnough() {
        List<Throughput> batches = List.of(batch(1, 100), batch(2, 190), batch(4, 350), batch(8, 380), batch(16, 385));
        Recommendation made = Recommender.of(BASE, batches, List.of(threads(1, 1, 350)));
        assertThat(made.batch()).isEqualTo(4);
        assertThat(made.reasons())
                .contains("A batch of 4 gives 350 rows/s, 3.5 times as many as one by one; the best batch gives 385.");
        assertThat(made.loadOptions().maxBatch()).isEqualTo(BASE.maxBatch());
        assertThat(made.loadOptions().warmUpRuns()).isEqualTo(3);
    }

    @Test
    void batchesThatBringNothingAreNotRecommended() {
        Recommendation made = Recommender.of(BASE, FLAT, List.of(threads(1, 1, 1000)));
        assertThat(made.batch()).isEqualTo(1);
        assertThat(made.reasons())
                .contains("Batches bring nothing: 1,000 rows/s one by one, at best 1,005 in a batch.");
    }

    @Test
    void batchesThatAreTooLargeAreSplit() {
        List<Throughput> batches = List.of(batch(1, 100), batch(2, 400), batch(4, 390), batch(8, 200));
        Recommendation made = Recommender.of(BASE, batches, List.of(threads(1, 1, 400)));
        assertThat(made.batch()).isEqualTo(2);
        assertThat(made.loadOptions().maxBatch()).isEqualTo(4);
        assertThat(made.reasons()).contains("Batches above 4 are slower, so larger ones are split.");
    }

    @Test
    void callersWinOverThreadsInsideOfTheEngineUnlessTheseAreClearlyFaster() {
        Recommendation callers = Recommender.of(
                BASE,
                FLAT,
                List.of(threads(1, 1, 1000), threads(2, 1, 1850), threads(4, 1, 1860), threads(1, 2, 1900)));
        assertThat(callers.callerThreads()).isEqualTo(2);
        assertThat(callers.loadOptions().intraOpThreads()).isEqualTo(1);
        assertThat(callers.reasons())
                .contains("2 caller threads with 1 intra-op threads give 1,850 rows/s;"
                        + " the best of all gives 1,900, a single thread 1,000.");
        Recommendation inside =
                Recommender.of(BASE, FLAT, List.of(threads(1, 1, 1000), threads(2, 1, 1100), threads(1, 2, 1900)));
        assertThat(inside.callerThreads()).isEqualTo(1);
        assertThat(inside.loadOptions().intraOpThreads()).isEqualTo(2);
    }
}
