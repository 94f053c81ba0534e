package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.contract.PatternContent;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write that took effect is never reported as one that did not, whatever the answers lack. */
@Timeout(120)
class S3LostReplyTest {
    private static final StorageKey KEY = StorageKey.of("a/b");
    private static final Content FIRST = Content.of(new byte[] {1, 2, 3});
    private static final Content SECOND = Content.of(new byte[] {4, 5});

    private S3Front front;
    private StorageNode node;
    private String etag;

    @BeforeEach
    void start() throws IOException {
        front = S3Servers.frontOfS3proxy();
        node = S3Servers.node(front.endpoint()).build();
        etag = node.write(KEY, FIRST, WriteCondition.ifAbsent()).etag();
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
        front.close();
    }

    private StoredObject replace() throws IOException {
        return node.write(KEY, SECOND, WriteCondition.ifMatches(etag));
    }

    private static Predicate<S3Front.Request> method(String name) {
        return request -> name.equals(request.method());
    }

    private void onceFor(Predicate<S3Front.Request> which, HttpTrouble trouble) {
        AtomicInteger met = new AtomicInteger();
        front.disturb(request -> which.test(request) && met.incrementAndGet() == 1 ? trouble : HttpTrouble.NONE);
    }

    /** Leaves a header out of answers. */
    private void leaveOut(Predicate<S3Front.Request> where, String header) {
        front.answerHeaders((request, line) ->
                where.test(request) && line.toLowerCase(Locale.ROOT).startsWith(header + ":")
                        ? Optional.empty()
                        : Optional.of(line));
    }

    private void assertHolds(int... bytes) throws IOException {
        front.disturb(request -> HttpTrouble.NONE);
        front.answerHeaders((request, line) -> Optional.of(line));
        assertThat(node.readAll(KEY)).asHexString().isEqualTo(hex(bytes));
    }

    private static String hex(int... bytes) {
        StringBuilder text = new StringBuilder();
        for (int next : bytes) {
            text.append("%02X".formatted(next));
        }
        return text.toString();
    }

    @Test
    void anAnswerWithoutETagIsReadBack() throws IOException {
        leaveOut(method("PUT"), "etag");
        StoredObject written = replace();
        assertThat(written.size()).isEqualTo(2);
        assertHolds(4, 5);
        assertThat(node.find(KEY).orElseThrow().etag()).isEqualTo(written.etag());
    }

    @Test
    void aWriteIsUnknownIfNoAnswerHasAnETag() throws IOException {
        leaveOut(request -> true, "etag");
        assertThatThrownBy(this::replace)
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessageContaining("Cannot tell whether object 'a/b' was written")
                .hasMessageContaining("what is there has no ETag");
        assertHolds(4, 5);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpTrouble.class,
            names = {"LOSE_REPLY", "ERROR_500_AFTER", "REPEAT"})
    void ourObjectNeedsNoContentLengthToBeKnown(HttpTrouble trouble) throws IOException {
        onceFor(S3Front.Request::isConditional, trouble);
        leaveOut(method("HEAD"), "content-length");
        assertThat(replace().size()).isEqualTo(2);
        assertHolds(4, 5);
    }

    @Test
    void aLostReplyIsUnknownIfOurObjectHasNoETag() throws IOException {
        onceFor(S3Front.Request::isConditional, HttpTrouble.LOSE_REPLY);
        leaveOut(method("HEAD"), "etag");
        assertThatThrownBy(this::replace).isExactlyInstanceOf(WriteOutcomeUnknownException.class);
        assertHolds(4, 5);
    }

    @Test
    void aLostRequestIsUnknownIfWhatIsThereHasNoETag() throws IOException {
        onceFor(S3Front.Request::isConditional, HttpTrouble.RESET_BEFORE);
        leaveOut(method("HEAD"), "etag");
        assertThatThrownBy(this::replace).isExactlyInstanceOf(WriteOutcomeUnknownException.class);
        assertHolds(1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpTrouble.class,
            names = {"LOSE_REPLY", "ERROR_500_AFTER", "REPEAT"})
    void theMarkIsFoundInWhateverCaseItsNameComesBack(HttpTrouble trouble) throws IOException {
        front.answerHeaders((request, line) ->
                Optional.of(line.replaceFirst("(?i)^x-amz-meta-registry-write", "X-Amz-Meta-Registry-Write")));
        onceFor(S3Front.Request::isConditional, trouble);
        replace();
        assertHolds(4, 5);
    }

    @Test
    void aStoreThatDropsTheMarkIsRefusedAndNamed() throws IOException {
        leaveOut(request -> true, "x-amz-meta-registry-write");
        try (StorageNode dropping = S3Servers.node(front.endpoint()).build()) {
            assertThatThrownBy(() -> dropping.write(KEY, FIRST, WriteCondition.ifAbsent()))
                    .isExactlyInstanceOf(StorageException.class)
                    .hasMessageContaining("Cannot write object 'a/b'")
                    .hasMessageContaining("drops the user-defined metadata of objects (x-amz-meta-registry-write)");
            assertThat(dropping.find(KEY)).isEmpty();
        }
    }

    /** Some servers tell no ETag there; then the object has to be there. */
    @Test
    void aCompletionWithoutETagThatLeftNothingIsUnknown() throws IOException {
        PatternContent large = new PatternContent(1, S3StorageNodeBuilder.DEFAULT_PART_BYTES + 1);
        front.answer(request -> isCompletion(request)
                ? Optional.of("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n"
                        + "Content-Length: 33\r\n\r\n<CompleteMultipartUploadResult/> ")
                : Optional.empty());
        assertThatThrownBy(() -> node.write(StorageKey.of("a/new"), large, WriteCondition.unconditional()))
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessageContaining("Cannot tell whether object 'a/new' was written: it was not there afterwards");
    }

    private static boolean isCompletion(S3Front.Request request) {
        return "POST".equals(request.method()) && request.target().contains("uploadId=");
    }
}
