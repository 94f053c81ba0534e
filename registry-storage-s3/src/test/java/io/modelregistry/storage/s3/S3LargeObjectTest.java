package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.contract.DisturbedContent;
import io.modelregistry.storage.contract.PatternContent;
import io.modelregistry.storage.s3.server.HttpTrouble;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Objects of many parts: sent in parts, read ahead, taken up where they broke. */
@Timeout(300)
class S3LargeObjectTest {
    private static final StorageKey KEY = StorageKey.of("large/object");
    private static final int PART = S3StorageNodeBuilder.DEFAULT_PART_BYTES;
    private static final int SIZE = 5 * PART + 12_345;

    private final String prefix = UUID.randomUUID().toString();
    private final List<Long> uploaded = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> downloaded = Collections.synchronizedList(new ArrayList<>());
    private S3Front front;
    private StorageNode node;
    private volatile boolean isListenerFailing;

    @BeforeEach
    void open() throws IOException {
        front = S3Servers.frontOfS3mock();
        node = S3Servers.node(front.endpoint(), prefix)
                .requestTimeout(Duration.ofSeconds(10))
                .listener(new TransferListener() {
                    @Override
                    public void uploaded(StorageKey key, long bytes, long size) {
                        uploaded.add(bytes);
                    }

                    @Override
                    public void downloaded(StorageKey key, long bytes, long size) {
                        downloaded.add(bytes);
                        if (isListenerFailing) {
                            throw new IllegalStateException("a listener that fails");
                        }
                    }
                })
                .build();
    }

    @AfterEach
    void close() throws IOException {
        node.close();
        front.close();
    }

    private static boolean isPart(S3Front.Request request) {
        return "PUT".equals(request.method()) && request.target().contains("partNumber=");
    }

    private long partsSent() {
        return front.requests().stream().filter(S3LargeObjectTest::isPart).count();
    }

    private void write(int seed) throws IOException {
        node.write(KEY, new PatternContent(seed, SIZE), WriteCondition.unconditional());
    }

    private void assertHolds(int seed) throws IOException {
        assertThat(Arrays.equals(node.readAll(KEY), PatternContent.bytes(seed, SIZE)))
                .as("the bytes that were written")
                .isTrue();
    }

    @Test
    void aTransferTellsHowItGetsOn() throws IOException {
        write(1);
        assertThat(uploaded).hasSize(6).isSorted().last().isEqualTo((long) SIZE);
        isListenerFailing = true;
        assertHolds(1);
        assertThat(downloaded).isSorted().last().isEqualTo((long) SIZE);
    }

    @Test
    void thePartsOfABrokenUploadAreUsedWhenItIsRepeated() throws IOException {
        node.write(StorageKey.of("probed"), Content.of(new byte[1]), WriteCondition.unconditional());
        AtomicInteger parts = new AtomicInteger();
        front.disturb(request ->
                isPart(request) && parts.incrementAndGet() > 3 ? HttpTrouble.RESET_BEFORE : HttpTrouble.NONE);
        assertThatThrownBy(() -> write(1)).isInstanceOf(IOException.class).hasMessageContaining("'large/object'");
        assertThat(node.find(KEY)).as("a part of it").isEmpty();

        front.disturb(request -> HttpTrouble.NONE);
        front.record();
        write(1);
        assertThat(partsSent()).as("parts sent again").isEqualTo(3);
        assertHolds(1);
    }

    @Test
    void partsOfOtherBytesAreNotUsed() throws IOException {
        AtomicInteger parts = new AtomicInteger();
        front.disturb(request ->
                isPart(request) && parts.incrementAndGet() > 3 ? HttpTrouble.RESET_BEFORE : HttpTrouble.NONE);
        assertThatThrownBy(() -> write(1)).isInstanceOf(IOException.class);
        front.disturb(request -> HttpTrouble.NONE);
        front.record();
        write(2);
        assertThat(partsSent()).isEqualTo(6);
        assertHolds(2);
    }

    @Test
    void anUploadWhoseSourceFailsIsEnded() throws IOException {
        front.record();
        DisturbedContent broken = new DisturbedContent(SIZE, SIZE).disturbedBy(() -> {
            throw new IOException("the source is gone");
        });
        assertThatThrownBy(() -> node.write(KEY, broken, WriteCondition.unconditional()))
                .hasStackTraceContaining("the source is gone");
        assertThat(front.requests())
                .filteredOn(request ->
                        "DELETE".equals(request.method()) && request.target().contains("uploadId"))
                .as("the end of the upload")
                .hasSize(1);
    }

    @Test
    void lostRepliesAndBrokenAnswersAreNoFailures() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpTrouble[] troubles = {
            HttpTrouble.LOSE_REPLY, HttpTrouble.TRUNCATE, HttpTrouble.ERROR_500_AFTER, HttpTrouble.SLOW_DOWN
        };
        node.write(StorageKey.of("probed"), Content.of(new byte[1]), WriteCondition.unconditional());
        front.disturb(request -> {
            int number = requests.incrementAndGet();
            return number % 3 == 0 ? troubles[number / 3 % troubles.length] : HttpTrouble.NONE;
        });
        write(3);
        assertHolds(3);
        assertThat(requests.get()).as("requests").isGreaterThan(12);
    }

    /** Three times as many failures as would use up the node's memory for transfers, if it were not given back. */
    @Test
    void failuresKeepNoMemory() throws IOException {
        int threads = 2;
        try (StorageNode small = S3Servers.node(front.endpoint(), prefix)
                .requestTimeout(Duration.ofSeconds(10))
                .threads(threads)
                .build()) {
            small.write(KEY, new PatternContent(1, SIZE), WriteCondition.unconditional());
            for (int i = 0; i < 3 * threads; i++) {
                DisturbedContent broken = new DisturbedContent(3 * PART, 2 * PART);
                assertThatThrownBy(() ->
                                small.write(StorageKey.of("large/broken"), broken, WriteCondition.unconditional()))
                        .hasMessageContaining("shorter");
                try (OpenObject open = small.open(KEY)) {
                    assertThat(open.stream().readNBytes(PART + 1_000)).hasSize(PART + 1_000);
                }
            }
            small.write(KEY, new PatternContent(2, SIZE), WriteCondition.unconditional());
            assertHolds(2);
        }
    }

    @Test
    void anObjectThatIsReplacedWhileItIsReadIsNeverMixed() throws IOException {
        write(1);
        byte[] expected = PatternContent.bytes(1, SIZE);
        try (OpenObject open = node.open(KEY)) {
            InputStream in = open.stream();
            byte[] start = in.readNBytes(1_000);
            assertThat(start).isEqualTo(Arrays.copyOf(expected, 1_000));
            write(2);
            byte[] buffer = new byte[64 << 10];
            int position = 1_000;
            try {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    assertThat(Arrays.equals(buffer, 0, read, expected, position, position + read))
                            .as("bytes of the first generation at %s", position)
                            .isTrue();
                    position += read;
                }
                assertThat(position).isEqualTo(SIZE);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("'large/object'").hasMessageContaining("replaced");
            }
        }
    }

    @Test
    void aRangeOfManyPartsIsReadAhead() throws IOException {
        write(1);
        try (OpenObject open =
                node.open(KEY, ByteRange.of(777, SIZE - 1_000), null).orElseThrow()) {
            byte[] expected = Arrays.copyOfRange(PatternContent.bytes(1, SIZE), 777, SIZE - 223);
            assertThat(Arrays.equals(open.stream().readAllBytes(), expected)).isTrue();
        }
    }
}
