package io.modelregistry.storage.contract;

import static io.modelregistry.storage.contract.ContractSubject.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageClosedException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The end of a node. */
public interface CloseContract extends ContractSubject {
    @Test
    default void everyCallAfterCloseFails() throws IOException {
        String etag = put("a/b", "x").etag();
        node().close();
        assertRefused(() -> node().find(key("a/b")), StorageClosedException.class, "a/b");
        assertRefused(() -> node().find(key("missing")), StorageClosedException.class, "missing");
        assertRefused(() -> node().open(key("a/b")), StorageClosedException.class, "a/b");
        assertRefused(() -> node().open(key("a/b"), ByteRange.ALL, etag), StorageClosedException.class, "a/b");
        assertRefused(() -> node().readAll(key("a/b")), StorageClosedException.class, "a/b");
        assertRefused(() -> put("a/b", "y"), StorageClosedException.class, "a/b");
        assertRefused(() -> create("a/c", "y"), StorageClosedException.class, "a/c");
        assertRefused(() -> update("a/b", "y", etag), StorageClosedException.class, "a/b");
        assertRefused(() -> node().delete(key("a/b")), StorageClosedException.class, "a/b");
        assertRefused(() -> node().delete(key("missing")), StorageClosedException.class, "missing");
        assertRefused(() -> node().copy(key("a/b"), key("a/c")), StorageClosedException.class, "a/b");
        assertRefused(() -> node().copy(key("a/b"), key("a/b")), StorageClosedException.class, "a/b");
        assertThatThrownBy(() -> node().list(KeyPrefix.of("a"), null, 1))
                .isExactlyInstanceOf(StorageClosedException.class)
                .hasMessageContaining("'a'");
        assertThatThrownBy(() -> node().listFolders(KeyPrefix.of("a"), null, 1))
                .isExactlyInstanceOf(StorageClosedException.class)
                .hasMessageContaining("'a'");
    }

    @Test
    default void closingTwiceIsFine() throws IOException {
        put("a", "x");
        node().close();
        node().close();
        assertThatThrownBy(() -> node().find(key("a"))).isExactlyInstanceOf(StorageClosedException.class);
        assertThat(node().maxConditionalSize()).as("a constant").isPositive();
    }
}
