package io.modelregistry.internal.store;

import io.modelregistry.internal.document.HeadCodec.Head;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.TableSearch;

/**
 * A head as it was read, and a search over its versions.
 *
 * @param head the head
 * @param etag its generation in the store
 * @param search searches its version table
 */
public record StoredHead(Head head, String etag, TableSearch search) {
    /** The revision. */
    public long revision() {
        return head.revision();
    }

    /** What is true at this revision. */
    public HeadState state() {
        return head.state();
    }
}
