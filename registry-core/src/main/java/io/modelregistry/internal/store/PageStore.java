package io.modelregistry.internal.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.TableCodec;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;

/** Reads pages of version tables, each at most once while it is remembered: a page never changes. Thread-safe. */
public final class PageStore {
    private static final int DIGEST_LENGTH = 32;
    private static final long REMEMBERED_BYTES = 32L << 20;

    private final StorageNode node;
    private final Cache<StorageKey, Weighed> pages = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES)
            .weigher((StorageKey key, Weighed page) -> page.bytes)
            .build();

    /** Pages of a store. */
    public PageStore(StorageNode node) {
        this.node = node;
    }

    /** The name of a page: a digest of its bytes, and what makes it unlike any page that was ever collected. */
    public static String name(byte[] bytes, String operation, int attempt) {
        return Digest.sha256(bytes).hex().substring(0, DIGEST_LENGTH) + "-" + operation + "-" + attempt;
    }

    /** Whether a page with this name holds these bytes. */
    public static boolean isNameOf(String page, byte[] bytes) {
        return page.startsWith(Digest.sha256(bytes).hex().substring(0, DIGEST_LENGTH));
    }

    /** Reads the pages of a model. */
    public PageReader of(ModelKeys keys) {
        return ref -> read(keys, ref);
    }

    private PageContent read(ModelKeys keys, PageRef ref) {
        StorageKey key = keys.page(ref.page());
        Weighed known = pages.getIfPresent(key);
        if (known == null) {
            known = load(key, ref);
            pages.put(key, known);
        }
        return known.content;
    }

    private record Weighed(PageContent content, int bytes) {}

    private Weighed load(StorageKey key, PageRef ref) {
        byte[] bytes;
        try {
            bytes = KeptDocuments.readImmutable(node, key, read -> isNameOf(ref.page(), read));
        } catch (NoSuchKeyException e) {
            throw new PageReader.PageGoneException(key.value());
        } catch (IOException e) {
            throw StoreErrors.of("read a page of the version table", e);
        }
        if (!isNameOf(ref.page(), bytes)) {
            throw new CorruptionException(key.value(), "its bytes do not match its name", null);
        }
        PageContent content = StoreErrors.decode(key, bytes, TableCodec::decodePage);
        int entries = content instanceof PageContent.Rows rows
                ? rows.rows().size()
                : ((PageContent.Refs) content).refs().size();
        if (entries != VersionTable.FAN_OUT) {
            throw new CorruptionException(key.value(), "it has " + entries + " entries", null);
        }
        return new Weighed(content, bytes.length);
    }
}
