package io.modelregistry.storage.contract;

import static io.modelregistry.storage.contract.ContractSubject.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that take long, break off, or were announced wrongly. */
public interface ContentContract extends ContractSubject {
    @ParameterizedTest
    @ValueSource(ints = {1, 100_000, LARGE})
    default void contentOfAnotherSizeThanDeclaredIsRefusedAndLeavesNothing(int size) throws IOException {
        put("a/old", "kept");
        for (int actual : new int[] {0, size - 1, size + 1, size + 100_000}) {
            DisturbedContent content = new DisturbedContent(size, actual);
            for (String key : new String[] {"a/new", "a/old", "b/c/new"}) {
                assertRefused(
                        () -> node().write(key(key), content, WriteCondition.unconditional()),
                        StorageException.class,
                        key);
            }
        }
        assertThat(keysBelow("")).containsExactly("a/old");
        assertThat(read("a/old")).isEqualTo("kept");
        assertThat(node().listFolders(KeyPrefix.ROOT, null, 10)).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000, LARGE})
    default void aWriteIsInvisibleUntilItIsComplete(int size) throws IOException {
        put("a/old", "old");
        List<String> seen = new ArrayList<>();
        DisturbedContent looking = new DisturbedContent(size, size).disturbedBy(() -> {
            seen.add(node().find(key("a/new")).isPresent() + " " + read("a/old") + " " + keysBelow("a"));
        });
        node().write(key("a/new"), looking, WriteCondition.unconditional());
        node().write(key("a/old"), looking, WriteCondition.unconditional());
        assertThat(seen).startsWith("false old [a/old]").endsWith("true old [a/new, a/old]");
        assertThat(node().find(key("a/old")).map(StoredObject::size)).contains((long) size);
    }

    @Test
    default void aWriteThatBreaksOffLeavesNothing() throws IOException {
        put("a/old", "kept");
        for (int size : new int[] {10, 100_000, LARGE}) {
            DisturbedContent broken = new DisturbedContent(size, size).disturbedBy(() -> {
                throw new IOException("the source is gone");
            });
            for (String key : new String[] {"a/new", "a/old"}) {
                assertThatThrownBy(() -> node().write(key(key), broken, WriteCondition.unconditional()))
                        .isInstanceOf(IOException.class)
                        .satisfies(e -> assertThat(e).hasStackTraceContaining("the source is gone"));
            }
        }
        assertThat(keysBelow("")).containsExactly("a/old");
        assertThat(read("a/old")).isEqualTo("kept");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000, LARGE})
    default void anInterruptLeavesTheOldOrTheNewAndAWorkingNode(int size) throws IOException {
        put("a/old", "old");
        DisturbedContent interrupted = new DisturbedContent(size, size)
                .disturbedBy(() -> Thread.currentThread().interrupt());
        for (String key : new String[] {"a/old", "a/new"}) {
            Optional<String> before = node().find(key(key)).map(StoredObject::etag);
            Optional<String> written = Optional.empty();
            try {
                written = Optional.of(node().write(key(key), interrupted, WriteCondition.unconditional())
                        .etag());
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("'" + key + "'");
            } finally {
                assertThat(Thread.interrupted())
                        .as("the interrupt is still there")
                        .isTrue();
            }
            assertThat(node().find(key(key)).map(StoredObject::etag)).isEqualTo(written.isPresent() ? written : before);
        }
        String etag = put("a/old", "after").etag();
        update("a/old", "again", etag);
        assertThat(read("a/old")).isEqualTo("again");
    }
}
