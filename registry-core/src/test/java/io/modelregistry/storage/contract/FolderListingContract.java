package io.modelregistry.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.KeyPrefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listings of folders. */
public interface FolderListingContract extends ContractSubject {
    /** The folders directly below a folder. */
    default List<String> foldersBelow(String prefix) throws IOException {
        return node().listFolders(KeyPrefix.of(prefix), null, 10_000);
    }

    @Test
    default void anEmptyStoreHasNoFolders() throws IOException {
        assertThat(foldersBelow("")).isEmpty();
        assertThat(foldersBelow("a/b")).isEmpty();
    }

    @Test
    default void foldersAreListedOnceAndFilesAreNot() throws IOException {
        for (String key : new String[] {"m/a/1", "m/a/2", "m/a/deep/3", "m/b/deep/er/4", "m/file", "n/c/5", "top"}) {
            put(key, key);
        }
        assertThat(foldersBelow("")).containsExactly("m", "n");
        assertThat(foldersBelow("m")).containsExactly("a", "b");
        assertThat(foldersBelow("m/b")).containsExactly("deep");
        assertThat(foldersBelow("m/b/deep/er")).isEmpty();
        assertThat(foldersBelow("m/file")).as("below an object").isEmpty();
    }

    @Test
    default void foldersAscendAsTheirKeysDo() throws IOException {
        List<String> names = new ArrayList<>(List.of("a", "a-b", "a!", "a0", "A", "a-", "b", "a.b", "ab"));
        for (String name : names) {
            put("m/" + name + "/x", name);
        }
        names.sort(Comparator.comparing(name -> name + "/"));
        assertThat(foldersBelow("m")).isEqualTo(names);
        for (String name : names) {
            List<String> behind = names.subList(names.indexOf(name) + 1, names.size());
            assertThat(node().listFolders(KeyPrefix.of("m"), name, 100))
                    .as("behind %s", name)
                    .isEqualTo(behind);
        }
        assertThat(node().listFolders(KeyPrefix.of("m"), "aa", 100))
                .as("behind an absent name")
                .containsExactly("ab", "b");
        assertThat(node().listFolders(KeyPrefix.of("m"), "c", 100))
                .as("behind all")
                .isEmpty();
    }

    @Test
    default void pagesOfFoldersHaveNoDuplicates() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            names.add(i % 2 == 0 ? "f" + (i / 2) : "f" + (i / 2) + "-x");
        }
        List<String> unordered = List.copyOf(names);
        Race.of(8).run(thread -> {
            for (int i = thread; i < unordered.size(); i += 8) {
                put("m/" + unordered.get(i) + "/_model.json", "x");
                put("m/" + unordered.get(i) + "/deep/file", "x");
            }
            return thread;
        });
        names.sort(Comparator.comparing(name -> name + "/"));
        for (int size : new int[] {1, 7, 1_000}) {
            assertThat(paged(size)).as("pages of %d", size).isEqualTo(names);
        }
    }

    private List<String> paged(int size) throws IOException {
        List<String> names = new ArrayList<>();
        String last = null;
        while (true) {
            List<String> page = node().listFolders(KeyPrefix.of("m"), last, size);
            assertThat(page).hasSizeLessThanOrEqualTo(size);
            names.addAll(page);
            if (page.size() < size) {
                return names;
            }
            last = page.get(size - 1);
        }
    }

    @Test
    default void aFolderIsGoneWithItsLastObject() throws IOException {
        put("m/a/deep/er/x", "x");
        put("m/a/y", "y");
        put("m/b/z", "z");
        node().delete(key("m/a/deep/er/x"));
        assertThat(foldersBelow("m/a")).isEmpty();
        assertThat(foldersBelow("m")).containsExactly("a", "b");
        node().delete(key("m/a/y"));
        assertThat(foldersBelow("m")).containsExactly("b");
        node().delete(key("m/b/z"));
        assertThat(foldersBelow("")).isEmpty();
        put("m/a/deep", "an object where a folder was");
        assertThat(read("m/a/deep")).isEqualTo("an object where a folder was");
    }
}
