package io.modelregistry.internal.commit;

import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.TableCodec;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageReader;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.registry.ModelNotFoundException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state that a change is decided on, and what the change may use. One attempt of one call; not thread-safe. */
public final class Draft {
    private final ModelKeys keys;
    private final @Nullable StoredHead base;
    private final String operation;
    private final int attempt;
    private final Instant at;
    private final Call call;
    private final Pages pages;
    private final Map<String, PageContent> written = new LinkedHashMap<>();
    private final Map<String, byte[]> writtenBytes = new LinkedHashMap<>();

    Draft(ModelKeys keys, @Nullable StoredHead base, Attempt attempt, Pages pages) {
        this.keys = keys;
        this.base = base;
        this.operation = attempt.operation;
        this.attempt = attempt.number;
        this.at = attempt.at;
        this.call = attempt.call;
        this.pages = pages;
    }

    /** Names pages. */
    @FunctionalInterface
    interface PageNames {
        /** The name of a page that is written for a draft. */
        String name(byte[] bytes, Draft draft);
    }

    /**
     * The pages of version tables.
     *
     * @param names names new ones
     * @param stored reads those of the model
     */
    record Pages(PageNames names, PageReader stored) {}

    record Attempt(String operation, int number, Instant at, Call call) {}

    /** Where the model lies. */
    public ModelKeys keys() {
        return keys;
    }

    /** The head that would be replaced; empty if the model does not exist. */
    public Optional<StoredHead> base() {
        return Optional.ofNullable(base);
    }

    /** The head that would be replaced. */
    public StoredHead existing() {
        if (base == null) {
            throw ModelNotFoundException.model(keys.name());
        }
        return base;
    }

    /** The state that would be replaced. */
    public HeadState state() {
        return existing().state();
    }

    /** The revision that the change would make. */
    public long revision() {
        return base == null ? 1 : base.revision() + 1;
    }

    /** The unique id of the call. */
    public String operation() {
        return operation;
    }

    /** Which attempt of the call it is. */
    int attempt() {
        return attempt;
    }

    /** When the change is made. */
    public Instant at() {
        return at;
    }

    /** Who asked for the change. */
    public Call call() {
        return call;
    }

    /** Makes a page that is written before the head that names it. */
    public String write(PageContent content) {
        byte[] bytes = TableCodec.encodePage(content);
        String page = pages.names.name(bytes, this);
        written.put(page, content);
        writtenBytes.put(page, bytes);
        return page;
    }

    /** What a page holds, whether it is stored or about to be. */
    PageContent read(PageRef ref) {
        PageContent mine = written.get(ref.page());
        return mine == null ? pages.stored.read(ref) : mine;
    }

    /** The pages that are to be written. */
    Map<String, byte[]> pages() {
        return writtenBytes;
    }
}
