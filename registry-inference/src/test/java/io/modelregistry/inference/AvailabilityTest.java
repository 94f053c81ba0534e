package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AvailabilityTest {
    private static String reason(Throwable failure) {
        return Availability.notStarting("Abacus", failure, "org.abacus:beads:1.0")
                .findReason()
                .orElseThrow();
    }

    @Test
    void theFirstAndTheLastCauseAreNamedWithWhatToAdd() {
        Throwable failure = new IllegalStateException(
                "cannot start", new RuntimeException("in between", new IOException("no beads\nat all")));
        assertThat(reason(failure))
                .isEqualTo("Abacus does not start (java.lang.IllegalStateException: cannot start, because of"
                        + " java.io.IOException: no beads); it needs org.abacus:beads:1.0");
        assertThat(Availability.notStarting("Abacus", failure, "").cause()).isSameAs(failure);
    }

    @Test
    void aMissingClassIsNamedOnce() {
        NoClassDefFoundError failure = new NoClassDefFoundError("org/abacus/Bead");
        failure.initCause(new ClassNotFoundException("org.abacus.Bead"));
        assertThat(reason(failure))
                .isEqualTo("Abacus does not start (java.lang.NoClassDefFoundError: org/abacus/Bead); it needs"
                        + " org.abacus:beads:1.0");
    }

    @Test
    void causesThatGoInACircleEnd() {
        IllegalStateException one = new IllegalStateException("one");
        one.initCause(new IllegalStateException("two", one));
        assertThat(reason(one)).contains("IllegalStateException: one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no beads in java.library.path: /usr/lib:/lib | no beads in java.library.path",
                "/tmp/a-1/libb.so: /lib/x/libm.so.6: no GLIBC_2.29 (for /tmp/a-1/libb.so)"
                        + " | libb.so: libm.so.6: no GLIBC_2.29 (for libb.so)",
                "cannot open 'file:/home/me/beads.jar' | cannot open 'beads.jar'",
                "cannot open \"/beads.jar\" | cannot open \"beads.jar\"",
                "cannot fetch https://example.org/a/b.so | cannot fetch https://example.org/a/b.so",
                "org/abacus/Bead and 1 / 2 | org/abacus/Bead and 1 / 2"
            })
    void foldersOfTheMachineAreLeftOut(String message, String shown) {
        assertThat(reason(new IllegalStateException(message)))
                .isEqualTo("Abacus does not start (java.lang.IllegalStateException: " + shown
                        + "); it needs org.abacus:beads:1.0");
    }
}
