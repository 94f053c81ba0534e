package io.modelregistry.inference.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What limits, breakers and autoscaling may be told. */
final class ConcurrencyLimitTest {
    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidValueException.class).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_000_001, Integer.MIN_VALUE})
    void aLimitIsPositiveAndNotAbsurd(int limit) {
        String range = "it is out of range, expected 1 to 1000000";
        refused(() -> ConcurrencyLimit.fixed(limit), "Cannot use concurrency limit '" + limit + "': " + range);
        refused(() -> AimdLimit.builder().initial(limit), "Cannot use initial limit '" + limit + "': " + range);
        refused(
                () -> Gradient2Limit.builder().minimum(limit).build(),
                "Cannot use minimum limit '" + limit + "': " + range);
        refused(() -> AimdLimit.builder().maximum(limit).build(), "Cannot use maximum limit '" + limit + "': " + range);
    }

    @Test
    void theRangeOfALimitMustHold() {
        refused(
                () -> AimdLimit.builder().minimum(5).maximum(4).build(),
                "Cannot use minimum limit '5': it is above the maximum limit, expected at most 4");
        refused(
                () -> Gradient2Limit.builder().initial(9).maximum(8).build(),
                "Cannot use initial limit '9': it is out of range, expected 1 to 8");
        assertThat(Gradient2Limit.builder().maximum(1).build().initial()).isEqualTo(1);
        assertThat(AimdLimit.builder().minimum(150).build().initial()).isEqualTo(150);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, 0, Double.POSITIVE_INFINITY})
    void ratiosAreNumbersInTheirRange(double ratio) {
        String of = " '" + ratio + "': it is out of range, expected ";
        refused(() -> AimdLimit.builder().backoffRatio(ratio), "Cannot use backoff ratio" + of + "0.5 to 0.99");
        refused(() -> Gradient2Limit.builder().tolerance(ratio), "Cannot use tolerance" + of + "1.0 to 10.0");
        refused(
                () -> Gradient2Limit.builder().smoothing(ratio),
                "Cannot use smoothing" + of + "more than 0, at most 1");
        refused(
                () -> CircuitBreakerOptions.builder().failureRatio(ratio),
                "Cannot use failure ratio" + of + "more than 0, at most 1");
        refused(
                () -> AutoscalingOptions.builder().targetUtilisation(ratio),
                "Cannot use target utilisation" + of + "more than 0, at most 1");
    }

    @Test
    void timesAreNotNegative() {
        refused(
                () -> AimdLimit.builder().timeout(Duration.ZERO),
                "Cannot use timeout of the limit 'PT0S': it is zero, expected a time of more than zero");
        refused(
                () -> Gradient2Limit.builder().window(Duration.ofMillis(-1)),
                "Cannot use window of the limit 'PT-0.001S': it is negative, expected a time of zero or more");
        refused(
                () -> CircuitBreakerOptions.builder().openFor(Duration.ZERO),
                "Cannot use open time 'PT0S': it is zero, expected a time of more than zero");
        refused(
                () -> CircuitBreakerOptions.builder().windowTime(Duration.ofNanos(999_999)),
                "Cannot use window of time 'PT0.000999999S': it is out of range, expected at least 1 ms");
        refused(
                () -> AutoscalingOptions.builder().downCoolDown(Duration.ofSeconds(-1)),
                "Cannot use cool-down before fewer replicas 'PT-1S': it is negative, expected a time of zero or more");
        assertThat(AimdLimit.builder()
                        .timeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .build()
                        .timeout())
                .as("as good as never")
                .isGreaterThan(Duration.ofDays(50_000));
    }

    @Test
    void countsFitTogether() {
        refused(
                () -> CircuitBreakerOptions.builder()
                        .windowCalls(10)
                        .minimumCalls(11)
                        .build(),
                "Cannot use minimum calls '11': the window is shorter, so it would never open, expected at most 10");
        refused(
                () -> CircuitBreakerOptions.builder().probes(0),
                "Cannot use probes '0': it is out of range, expected 1 to 1000000");
        refused(
                () -> AutoscalingOptions.between(3, 2),
                "Cannot use minimum replicas '3': it is above the maximum, expected at most 2");
        refused(
                () -> AutoscalingOptions.between(0, 2),
                "Cannot use minimum replicas '0': it is out of range, expected 1 to 1000");
        refused(
                () -> new ConcurrencyLimiter("digits", ConcurrencyLimit.unlimited(), -1),
                "Cannot use queue capacity '-1': it is out of range, expected 0 to 1000000");
    }

    @Test
    void settingsSayWhatTheyAre() {
        assertThat(AimdLimit.builder().initial(4).maximum(9).build())
                .hasToString("AimdLimit[4 in 1..9, backoffRatio=0.9, timeout=PT5S, window=PT0.1S]");
        assertThat(Gradient2Limit.builder().initial(4).minimum(2).build())
                .hasToString(
                        "Gradient2Limit[4 in 2..200, smoothing=0.2, tolerance=1.5, longWindow=600, window=PT0.1S]");
        assertThat(CircuitBreakerOptions.defaults())
                .hasToString("CircuitBreakerOptions[failureRatio=0.5, window=100 calls, minimumCalls=20,"
                        + " openFor=PT10S, probes=3]");
        assertThat(AutoscalingOptions.between(1, 4))
                .hasToString("AutoscalingOptions[1..4, targetUtilisation=0.7, tolerance=0.1, coolDown=PT15S/PT5M]");
    }
}
