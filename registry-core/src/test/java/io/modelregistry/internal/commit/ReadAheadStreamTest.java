package io.modelregistry.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadAheadStreamTest {
    private static final int SIZE = 5_000_003;

    /** Hands out zeros, and throws after some. */
    private static InputStream failingAfter(int bytes, Throwable failure) {
        return new InputStream() {
            private int left = bytes;

            @Override
            public int read() throws IOException {
                if (left-- > 0) {
                    return 0;
                }
                if (failure instanceof IOException io) {
                    throw io;
                }
                if (failure instanceof RuntimeException unchecked) {
                    throw unchecked;
                }
                throw (Error) failure;
            }
        };
    }

    @Test
    void handsOutWhatTheSourceHasAndChecksItBeforeTheEnd() throws IOException {
        byte[] bytes = new byte[SIZE];
        new Random(7).nextBytes(bytes);
        AtomicLong hashed = new AtomicLong();
        try (InputStream in =
                new ReadAheadStream(new ByteArrayInputStream(bytes), SIZE, hasher -> hashed.set(hasher.size()))) {
            assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
            assertThat(in.readAllBytes()).hasSize(SIZE - 1).endsWith(bytes[SIZE - 1]);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(hashed).hasValue(SIZE);
        }
    }

    @Test
    void whatTheSourceThrowsReachesTheConsumer() throws IOException {
        IOException disk = new IOException("disk");
        IllegalStateException state = new IllegalStateException("state");
        OutOfMemoryError memory = new OutOfMemoryError("memory");
        try (InputStream in = new ReadAheadStream(failingAfter(600_000, disk), SIZE, hasher -> {})) {
            assertThatThrownBy(in::readAllBytes).isSameAs(disk);
        }
        try (InputStream in = new ReadAheadStream(failingAfter(600_000, state), SIZE, hasher -> {})) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).hasCause(state);
        }
        try (InputStream in = new ReadAheadStream(failingAfter(600_000, memory), SIZE, hasher -> {})) {
            assertThatThrownBy(in::readAllBytes).isSameAs(memory);
        }
    }

    @Test
    void closingEndsTheReaderOfASourceThatStalls() throws IOException {
        CountDownLatch closed = new CountDownLatch(1);
        AtomicLong interrupts = new AtomicLong();
        InputStream stalled = new InputStream() {
            @Override
            public int read() throws IOException {
                while (closed.getCount() > 0) {
                    try {
                        closed.await();
                    } catch (InterruptedException e) {
                        interrupts.incrementAndGet(); // A socket does not listen to them either.
                    }
                }
                throw new IOException("closed");
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        new ReadAheadStream(stalled, SIZE, hasher -> {}).close();
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void closingEarlyLeavesNoThreadBehind() throws IOException {
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream source = new PipedInputStream(out)) {
            new ReadAheadStream(source, SIZE, hasher -> {}).close();
            await().until(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("registry-hash")));
        }
    }
}
