package io.modelregistry.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNodeProvider;
import io.modelregistry.storage.WriteCondition;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class InMemoryStorageNodeTest {
    private static final StorageKey KEY = StorageKey.of("models/iris/_model.json");

    @Test
    void copiesTheBytesItIsGiven() throws Exception {
        InMemoryStorageNode node = new InMemoryStorageNode();
        byte[] bytes = {1, 2, 3};
        node.write(KEY, Content.of(bytes), WriteCondition.ifAbsent());
        bytes[0] = 9;
        node.readAll(KEY)[1] = 9;
        assertThat(node.readAll(KEY)).containsExactly(1, 2, 3);
    }

    @Test
    void takesTimesFromTheClockItIsGiven() throws Exception {
        Instant then = Instant.parse("2026-01-02T03:04:05Z");
        InMemoryStorageNode node = new InMemoryStorageNode(Clock.fixed(then, ZoneOffset.UTC));
        assertThat(node.write(KEY, Content.of(new byte[1]), WriteCondition.ifAbsent())
                        .lastModified())
                .isEqualTo(then);
        assertThat(node.list(KeyPrefix.ROOT, null, 1).get(0).lastModified()).isEqualTo(then);
    }

    @Test
    void isOpenedFreshByUri() throws Exception {
        StorageNodeProvider provider = ServiceLoader.load(StorageNodeProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.scheme().equals("memory"))
                .findFirst()
                .orElseThrow();
        var node = provider.open(URI.create("memory:new"));
        node.write(KEY, Content.of(new byte[1]), WriteCondition.ifAbsent());
        assertThat(provider.open(URI.create("memory:new")).find(KEY)).isEmpty();
        assertThatThrownBy(() -> provider.open(URI.create("memory:shared")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Cannot open storage node 'memory:shared': a node in memory has no name, expected memory:new");
    }
}
