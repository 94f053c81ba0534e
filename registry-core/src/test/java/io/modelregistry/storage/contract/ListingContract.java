package io.modelregistry.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listings of objects. */
public interface ListingContract extends ContractSubject {
    @Test
    default void anEmptyStoreListsNothing() throws IOException {
        assertThat(node().list(KeyPrefix.ROOT, null, 10)).isEmpty();
        assertThat(node().list(KeyPrefix.of("a/b"), null, 10)).isEmpty();
        assertThat(node().list(KeyPrefix.ROOT, key("x"), 10)).isEmpty();
    }

    @Test
    default void keysAscendByteByByte() throws IOException {
        List<String> keys = new ArrayList<>(List.of(
                "Z", "a!/x", "a#x", "a-b/x", "a-b/y/z", "a.b/x", "a/b!c", "a/b-c/d", "a/b/c", "a/b/c!", "a/b0", "a0",
                "aA/x", "a_", "a~", "b"));
        Collections.sort(keys);
        List<String> shuffled = new ArrayList<>(keys);
        Collections.reverse(shuffled);
        for (String key : shuffled) {
            put(key, key);
        }
        assertThat(keysBelow("")).isEqualTo(keys);
        for (String key : keys) {
            List<String> behind = keys.subList(keys.indexOf(key) + 1, keys.size());
            assertThat(ContractSubject.texts(node().list(KeyPrefix.ROOT, key(key), 100)))
                    .as("behind %s", key)
                    .isEqualTo(behind);
        }
    }

    @Test
    default void aPrefixIsAFolder() throws IOException {
        for (String key : new String[] {"a/b/x", "a/b/y/z", "a/bc/x", "a/b-c", "a/b.x", "ab/x", "a/c"}) {
            put(key, key);
        }
        assertThat(keysBelow("a/b")).containsExactly("a/b/x", "a/b/y/z");
        assertThat(keysBelow("a")).doesNotContain("ab/x").hasSize(6);
        assertThat(keysBelow("a/b/x")).as("below an object").isEmpty();
        assertThat(keysBelow("a/b/nothing")).isEmpty();
        assertThat(keysBelow("A")).isEmpty();
    }

    @Test
    default void aListingStartsBehindTheGivenKey() throws IOException {
        for (String key : new String[] {"a/1", "a/2/x", "a/2/y", "a/3", "b"}) {
            put(key, key);
        }
        assertThat(behind("a/1")).containsExactly("a/2/x", "a/2/y", "a/3");
        assertThat(behind("a/2/x")).containsExactly("a/2/y", "a/3");
        assertThat(behind("a/3")).isEmpty();
        assertThat(behind("a/2")).as("a folder").containsExactly("a/2/x", "a/2/y", "a/3");
        assertThat(behind("a/2/xx")).as("an absent key").containsExactly("a/2/y", "a/3");
        assertThat(behind("a/2/z/deep")).as("an absent key in an absent folder").containsExactly("a/3");
        assertThat(behind("a/20")).as("an absent key beside a folder").containsExactly("a/3");
        assertThat(behind("A")).as("before the prefix").containsExactly("a/1", "a/2/x", "a/2/y", "a/3");
        assertThat(behind("a")).as("the prefix").hasSize(4);
        assertThat(behind("a0")).as("behind the prefix").isEmpty();
        assertThat(behind("b")).as("behind the prefix").isEmpty();
    }

    private List<String> behind(String startAfter) throws IOException {
        return ContractSubject.texts(node().list(KeyPrefix.of("a"), key(startAfter), 100));
    }

    /** How many objects are listed page by page, one of them to a page; fewer where a store sorts all for each page. */
    default int manyObjects() {
        return 2_500;
    }

    @Test
    default void pagesOfAnySizeShowEachKeyOnce() throws Exception {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < manyObjects(); i++) {
            keys.add("m/%02d%s/%03d".formatted(i % 50, i % 2 == 0 ? "" : "-x", i / 50));
        }
        List<String> unordered = List.copyOf(keys);
        Race.of(8).run(thread -> {
            for (int i = thread; i < unordered.size(); i += 8) {
                put(unordered.get(i), "x");
            }
            return thread;
        });
        Collections.sort(keys);
        for (int size : new int[] {1, 7, 1_000}) {
            assertThat(paged(size)).as("pages of %d", size).isEqualTo(keys);
        }
    }

    private List<String> paged(int size) throws IOException {
        List<String> keys = new ArrayList<>();
        StorageKey last = null;
        while (true) {
            List<ListedObject> page = node().list(KeyPrefix.of("m"), last, size);
            assertThat(page).hasSizeLessThanOrEqualTo(size);
            keys.addAll(ContractSubject.texts(page));
            if (page.size() < size) {
                return keys;
            }
            last = page.get(size - 1).key();
        }
    }

    @Test
    default void aRowTellsTheSize() throws IOException {
        put("a/b", "12345");
        put("a/empty", "");
        assertThat(node().list(KeyPrefix.ROOT, null, 10))
                .extracting(ListedObject::size)
                .containsExactly(5L, 0L);
        put("a/b", "1");
        assertThat(node().list(KeyPrefix.ROOT, null, 10))
                .extracting(ListedObject::size)
                .containsExactly(1L, 0L);
    }

    @Test
    default void aListingSeesEveryWriteAndDeleteAtOnce() throws IOException {
        for (int i = 10; i < 40; i++) {
            create("a/" + i, "x");
            assertThat(keysBelow("a")).contains("a/" + i).hasSize(i < 20 ? i - 9 : 10);
            if (i >= 19) {
                node().delete(key("a/" + (i - 9)));
                assertThat(keysBelow("a")).doesNotContain("a/" + (i - 9)).hasSize(9);
            }
        }
    }

    @Test
    default void aPageHoldsAtLeastOne() {
        assertThatThrownBy(() -> node().list(KeyPrefix.ROOT, null, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> node().listFolders(KeyPrefix.ROOT, null, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }
}
