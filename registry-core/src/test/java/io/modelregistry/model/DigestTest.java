package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void isTheSha256OfTheContent() throws NoSuchAlgorithmException {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        Digest digest = Digest.sha256(abc);

        assertThat(digest.hex()).isEqualTo(ABC);
        assertThat(digest).hasToString("sha256:" + ABC).isEqualTo(Digest.parse("sha256:" + ABC));
        assertThat(digest).isEqualTo(Digest.ofHex(ABC)).isNotEqualTo(Digest.sha256(new byte[0]));
        assertThat(digest.bytes())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(abc));
    }

    @Test
    void growsInPiecesOfAnySize() {
        byte[] content = new byte[100_000];
        new Random(1).nextBytes(content);
        Digest.Hasher hasher = Digest.hasher();
        int at = 0;
        for (int piece = 0; at < content.length; piece++) {
            int length = Math.min(piece * 7, content.length - at);
            if (piece % 2 == 0) {
                hasher.update(content, at, length);
            } else {
                ByteBuffer buffer = ByteBuffer.allocateDirect(length)
                        .put(content, at, length)
                        .flip();
                hasher.update(buffer);
                assertThat(buffer.hasRemaining()).isFalse();
            }
            at += length;
        }

        assertThat(hasher.size()).isEqualTo(content.length);
        assertThat(hasher.finish()).isEqualTo(Digest.sha256(content));
    }

    @Test
    void cannotBeContinuedOnceFinished() {
        Digest.Hasher hasher = Digest.hasher();
        hasher.finish();
        String message = "Cannot use a finished digest: start another with Digest.hasher()";

        assertThatIllegalStateException().isThrownBy(hasher::finish).withMessage(message);
        assertThatIllegalStateException()
                .isThrownBy(() -> hasher.update(new byte[1], 0, 1))
                .withMessage(message);
        assertThatIllegalStateException()
                .isThrownBy(() -> hasher.update(ByteBuffer.allocate(1)))
                .withMessage(message);
    }

    @Test
    void refusesAPieceOutsideTheArray() {
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> Digest.hasher().update(new byte[4], 2, 3))
                .withMessageContaining("length 4");
    }

    @Test
    void handsOutItsBytesAsACopy() {
        Digest digest = Digest.ofHex(ABC);
        digest.bytes()[0] = 0;

        assertThat(digest.bytes()[0]).isEqualTo((byte) 0xba);
    }

    @ParameterizedTest
    @CsvSource({
        "'', it does not start with 'sha256:'",
        "ba7816, it does not start with 'sha256:'",
        "sha512:ba7816, it does not start with 'sha256:'",
        "SHA256:ba7816, it does not start with 'sha256:'",
        "sha256:, it has 7 characters instead of 71",
        "sha256:ba7816, it has 13 characters instead of 71",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adf, it has 72 characters instead of 71",
    })
    void refusesTextOfAnotherShape(String text, String why) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Digest.parse(text))
                .withMessage(
                        "Cannot use digest '%s': %s, expected 'sha256:' and 64 lower-case hexadecimal digits",
                        text, why);
    }

    @ParameterizedTest
    @CsvSource({"0, A, digit 1 is 'A'", "63, g, digit 64 is 'g'", "5, /, digit 6 is '/'", "9, ` , digit 10 is '`'"})
    void refusesOtherDigits(int at, char digit, String why) {
        String hex = ABC.substring(0, at) + digit + ABC.substring(at + 1);

        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> Digest.parse("sha256:" + hex))
                .withMessageStartingWith("Cannot use digest '" + hex + "': " + why);
    }
}
