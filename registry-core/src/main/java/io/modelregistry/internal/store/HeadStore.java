package io.modelregistry.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.internal.document.HeadCodec;
import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.TableSearch;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Reads heads; remembers them, and asks the store only whether they are still the same. Thread-safe: what is remembered
 * only ever moves forward.
 */
public final class HeadStore {
    private static final long REMEMBERED_BYTES = 32L << 20;
    private static final long REMEMBERED_ABSENT = 1_000;

    private final StorageNode node;
    private final PageStore pages;
    private final long freshNanos;
    private final LongSupplier nanoTime;
    private final Cache<StorageKey, Remembered> heads = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES)
            .weigher((StorageKey key, Remembered head) -> head.bytes)
            .build();
    private final Cache<StorageKey, Boolean> absent =
            Caffeine.newBuilder().maximumSize(REMEMBERED_ABSENT).build();

    /**
     * Heads of a store.
     *
     * @param freshNanos how long after the question a remembered head answers reads without asking the store
     */
    public HeadStore(StorageNode node, PageStore pages, long freshNanos) {
        this(node, pages, freshNanos, System::nanoTime);
    }

    HeadStore(StorageNode node, PageStore pages, long freshNanos, LongSupplier nanoTime) {
        this.node = node;
        this.pages = pages;
        this.freshNanos = freshNanos;
        this.nanoTime = nanoTime;
    }

    /** The time on the clock of {@link #remember}. */
    public long now() {
        return nanoTime.getAsLong();
    }

    /** The head, at most as old as the freshness bound allows; empty if there is no such model. */
    public Optional<StoredHead> read(ModelKeys keys) {
        if (freshNanos > 0) {
            Remembered known = heads.getIfPresent(keys.head());
            if (known != null && now() - known.checkedAt < freshNanos) {
                return Optional.of(known.head);
            }
        }
        try {
            try {
                return readNow(keys);
            } catch (IOException e) {
                return Optional.of(lastKnown(keys, e));
            }
        } catch (IOException e) {
            throw StoreErrors.of("read the head of '" + keys.name() + "'", e);
        }
    }

    /** The head that was read last, if the store is offline and that is wanted; else the failure. */
    private StoredHead lastKnown(ModelKeys keys, IOException failed) throws IOException {
        if (!KeptDocuments.isOffline(failed)) {
            throw failed;
        }
        Remembered known = heads.getIfPresent(keys.head());
        if (known != null) {
            return known.head;
        }
        // The store was not asked, so this answers no later read without asking it.
        long outdated = now() - freshNanos;
        return decoded(keys, KeptDocuments.lastKnown(node, keys.head()).orElseThrow(() -> failed), outdated);
    }

    /** The head as it is now, always from the store. */
    public Optional<StoredHead> readNow(ModelKeys keys) throws IOException {
        StorageKey key = keys.head();
        Remembered known = heads.getIfPresent(key);
        long asked = now();
        Optional<OpenObject> opened;
        try {
            opened = node.open(key, ByteRange.ALL, known == null ? null : known.head.etag());
        } catch (NoSuchKeyException e) {
            if (known != null) {
                heads.invalidate(key);
            }
            absent.put(key, true);
            return Optional.empty();
        }
        if (opened.isEmpty() && known != null) {
            known.checkedAt = asked;
            return Optional.of(known.head);
        }
        return Optional.of(decoded(keys, opened.orElseThrow(), asked));
    }

    private StoredHead decoded(ModelKeys keys, OpenObject opened, long asked) throws IOException {
        StorageKey key = keys.head();
        try (OpenObject object = opened) {
            byte[] bytes = object.stream().readAllBytes();
            Head head = StoreErrors.decode(key, bytes, HeadCodec::decode);
            if (!head.state().identity().name().equals(keys.name())) {
                throw new CorruptionException(
                        key.value(),
                        "it is the head of '" + head.state().identity().name() + "'",
                        null);
            }
            return remember(keys, head, new Generation(object.object().etag(), bytes.length, asked));
        }
    }

    /** The head that was read or written last, however long ago; as it is now if there is none. */
    public Optional<StoredHead> readKnown(ModelKeys keys) throws IOException {
        Remembered known = heads.getIfPresent(keys.head());
        return known == null ? readNow(keys) : Optional.of(known.head);
    }

    /** The same, and for one caller also that there was none when it was read last: for writes on that condition. */
    public Optional<StoredHead> readKnownOrAbsent(ModelKeys keys) throws IOException {
        boolean wasAbsent = absent.asMap().remove(keys.head()) != null;
        return wasAbsent && heads.getIfPresent(keys.head()) == null ? Optional.empty() : readKnown(keys);
    }

    /** Reads the pages of a model. */
    public PageReader pages(ModelKeys keys) {
        return pages.of(keys);
    }

    /**
     * A head as the store has it.
     *
     * @param etag its generation
     * @param bytes how long its document is
     * @param askedAt when the request was sent by which it was read or written, as {@link #now} tells it: it was the
     *     head at some time after that, and may have been replaced before the answer came
     */
    public record Generation(String etag, int bytes, long askedAt) {}

    /** Remembers a head that was just read or written. */
    public StoredHead remember(ModelKeys keys, Head head, Generation generation) {
        StoredHead stored = new StoredHead(
                head, generation.etag, new TableSearch(head.state().versions(), pages.of(keys)));
        Remembered fresh = new Remembered(stored, generation.bytes, generation.askedAt);
        absent.invalidate(keys.head());
        heads.asMap()
                .merge(
                        keys.head(),
                        fresh,
                        (old, now) -> old.head.revision() > head.revision()
                                        && old.head
                                                .state()
                                                .identity()
                                                .id()
                                                .equals(head.state().identity().id())
                                ? old
                                : now);
        return stored;
    }

    /**
     * Answers a question from a head; asks again from the present one if a page of the remembered one was collected
     * meanwhile.
     */
    public <T> Optional<T> ask(ModelKeys keys, Function<StoredHead, T> question) {
        return ask(keys, read(keys), question);
    }

    /** Answers a question about a change of this process from the head that it has left, without asking the store. */
    public <T> Optional<T> askKnown(ModelKeys keys, Function<StoredHead, T> question) {
        try {
            return ask(keys, readKnown(keys), question);
        } catch (IOException e) {
            throw StoreErrors.of("read the head of '" + keys.name() + "'", e);
        }
    }

    /** Finds what never changes in a head that was read before; empty if it is not there, or none is remembered. */
    public <T> Optional<T> findRemembered(ModelKeys keys, Function<StoredHead, Optional<T>> question) {
        Remembered known = heads.getIfPresent(keys.head());
        return known == null
                ? Optional.empty()
                : ask(keys, Optional.of(known.head), question).flatMap(Function.identity());
    }

    private <T> Optional<T> ask(ModelKeys keys, Optional<StoredHead> first, Function<StoredHead, T> question) {
        Optional<StoredHead> head = first;
        while (head.isPresent()) {
            try {
                return Optional.of(question.apply(head.get()));
            } catch (PageReader.PageGoneException e) {
                head = newer(keys, head.get(), e);
            }
        }
        return Optional.empty();
    }

    /**
     * The head that replaced one whose page is gone.
     *
     * @throws CorruptionException if nothing replaced it, so that its page is missing
     */
    public Optional<StoredHead> newer(ModelKeys keys, StoredHead old, PageReader.PageGoneException gone) {
        Optional<StoredHead> now;
        try {
            now = readNow(keys);
        } catch (IOException e) {
            throw StoreErrors.of("read the head of '" + keys.name() + "'", e);
        }
        if (now.isPresent() && now.get().revision() == old.revision()) {
            throw new CorruptionException(
                    keys.head().value(), "it names a page that does not exist: " + gone.getMessage(), gone);
        }
        return now;
    }

    private static final class Remembered {
        private final StoredHead head;
        private final int bytes;
        private volatile long checkedAt;

        Remembered(StoredHead head, int bytes, long checkedAt) {
            this.head = head;
            this.bytes = bytes;
            this.checkedAt = checkedAt;
        }
    }
}
