package io.modelregistry.storage.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the parts of the contract share: the node of the running test and words for what is done with it. */
public interface ContractSubject {
    /** A size that no node hashes or conditions on; larger than the buffers and thresholds of any. */
    int LARGE = (9 << 20) + 1;

    /** The node of the running test, empty when the test started. */
    StorageNode node();

    /** A key. */
    default StorageKey key(String text) {
        return StorageKey.of(text);
    }

    /** Writes a text whatever is there. */
    default StoredObject put(String key, String text) throws IOException {
        return node().write(key(key), text(text), WriteCondition.unconditional());
    }

    /** Writes a text where nothing is. */
    default StoredObject create(String key, String text) throws IOException {
        return node().write(key(key), text(text), WriteCondition.ifAbsent());
    }

    /** Writes a text over a generation. */
    default StoredObject update(String key, String text, String etag) throws IOException {
        return node().write(key(key), text(text), WriteCondition.ifMatches(etag));
    }

    /** The text of an object. */
    default String read(String key) throws IOException {
        return new String(node().readAll(key(key)), UTF_8);
    }

    /** The keys below a folder. */
    default List<String> keysBelow(String prefix) throws IOException {
        return texts(node().list(KeyPrefix.of(prefix), null, 10_000));
    }

    /** The keys of listed objects. */
    static List<String> texts(List<ListedObject> listed) {
        List<String> keys = new ArrayList<>();
        listed.forEach(object -> keys.add(object.key().value()));
        return keys;
    }

    /** A text as content. */
    static Content text(String text) {
        return Content.of(text.getBytes(UTF_8));
    }

    /** Asserts that a call fails with exactly this type of exception and that its message names every given key. */
    static void assertRefused(ThrowingCallable call, Class<? extends Exception> type, String... keys) {
        Throwable refusal = catchThrowable(call);
        assertThat(refusal).as("the refusal").isNotNull().isExactlyInstanceOf(type);
        for (String key : keys) {
            assertThat(refusal).hasMessageContaining("'" + key + "'");
        }
        if (refusal instanceof StorageException storage && keys.length > 0) {
            assertThat(storage.key()).as("the key of the refusal").contains(StorageKey.of(keys[0]));
        }
    }
}
