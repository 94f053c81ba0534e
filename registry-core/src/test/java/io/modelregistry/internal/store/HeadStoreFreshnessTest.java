package io.modelregistry.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.HeadStore.Generation;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.OfflineException;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The freshness bound counts from the question: what comes late was true before. */
class HeadStoreFreshnessTest {
    private static final ModelKeys KEYS = ModelKeys.of(ModelName.parse("iris"));
    private static final long BOUND = Duration.ofSeconds(5).toNanos();
    private static final long ANSWER = Duration.ofSeconds(4).toNanos();

    private final AtomicLong nanos = new AtomicLong(-17);
    private final SlowNode node = new SlowNode();
    private final HeadStore store = new HeadStore(node, new PageStore(node), BOUND, nanos::get);

    /** Takes a while for each answer, and keeps the head on this host. */
    private final class SlowNode extends ForwardingNode implements KeptDocuments {
        private int questions;
        private boolean offline;

        SlowNode() {
            super(new InMemoryStorageNode());
        }

        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            questions++;
            if (offline) {
                OfflineException why = new OfflineException("read", "the store is gone", null);
                throw new IOException(why.getMessage(), why);
            }
            Optional<OpenObject> opened = super.open(key, range, unlessEtag);
            nanos.addAndGet(ANSWER);
            return opened;
        }

        @Override
        public byte[] readImmutable(StorageKey key, Predicate<byte[]> isRight) throws IOException {
            return readAll(key);
        }

        @Override
        public Optional<OpenObject> lastKnown(StorageKey key) throws IOException {
            return super.open(key, ByteRange.ALL, null);
        }
    }

    @BeforeEach
    void fill() {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            registry.register(Registration.of("iris").file("m", new byte[] {1}).build());
        }
        node.questions = 0;
    }

    private void assertAsked(int questions) {
        assertThat(store.read(KEYS)).isPresent();
        assertThat(node.questions).isEqualTo(questions);
        node.questions = 0;
    }

    @Test
    void aFirstReadIsFreshFromItsQuestionOn() {
        assertAsked(1);
        nanos.addAndGet(BOUND - ANSWER - 1);
        assertAsked(0);
        nanos.incrementAndGet();
        assertAsked(1);
    }

    @Test
    void aConfirmedHeadIsFreshFromTheQuestionOn() {
        assertAsked(1);
        nanos.addAndGet(BOUND);
        assertAsked(1);
        nanos.addAndGet(BOUND - ANSWER - 1);
        assertAsked(0);
        nanos.incrementAndGet();
        assertAsked(1);
    }

    @Test
    void aWrittenHeadIsFreshFromItsRequestOn() throws IOException, MalformedDocumentException {
        Head head = HeadCodec.decode(node.readAll(KEYS.head()));
        node.questions = 0;
        long asked = store.now();
        nanos.addAndGet(ANSWER);
        store.remember(KEYS, head, new Generation("etag", 1, asked));
        assertAsked(0);
        nanos.addAndGet(BOUND - ANSWER);
        assertAsked(1);
    }

    @Test
    void whatWasKnownBeforeTheStoreWasGoneIsNeverFresh() {
        node.offline = true;
        assertAsked(1);
        assertAsked(1);
        node.offline = false;
        assertAsked(1);
        assertAsked(0);
    }
}
