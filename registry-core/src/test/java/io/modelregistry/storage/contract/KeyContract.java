package io.modelregistry.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys at the edge of what is allowed, which every node takes or refuses alike. */
public interface KeyContract extends ContractSubject {
    @Test
    default void everyLegalKeyIsTaken() throws IOException {
        List<String> keys = new ArrayList<>(List.of(
                "a b/c d",
                "a..b/c...d",
                "a+b&c=d;e,f@g$h!i(j)k[l]m{n}o^p`q'r#s~t",
                "-dash",
                "_under",
                "0",
                "1.0.0/x",
                "A/b",
                "x".repeat(255),
                ("s".repeat(99) + "/").repeat(8) + "end",
                "l/" + "1234567/".repeat(111) + "0123456789"));
        assertThat(keys.get(keys.size() - 1)).hasSize(900);
        for (String key : keys) {
            create(key, key);
        }
        Collections.sort(keys);
        assertThat(keysBelow("")).isEqualTo(keys);
        for (String key : keys) {
            assertThat(read(key)).isEqualTo(key);
            assertThat(node().find(key(key)).orElseThrow().key().value()).isEqualTo(key);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "../a",
                "a/../b",
                "a/..",
                "./a",
                "a/./b",
                ".locks/00",
                "a/.hidden",
                "a./b",
                " a",
                "a ",
                "a\\b",
                "a:b",
                "a%2fb",
                "a%2e%2e",
                "a*b",
                "a?b",
                "a\"b",
                "a<b",
                "a>b",
                "a|b",
                "a\u0000b",
                "a\nb",
                "a\u007fb",
                "ü",
                "日本"
            })
    default void anIllegalKeyIsRefused(String text) {
        assertThatThrownBy(() -> StorageKey.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Cannot use storage key '");
    }

    @Test
    default void anOverlongKeyIsRefused() {
        for (String text : new String[] {"x".repeat(256), "a/" + "x".repeat(256), "abc/".repeat(225) + "x"}) {
            assertThatThrownBy(() -> StorageKey.of(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most");
        }
    }

    /** Some stores can hold both; those that cannot say so, name both, and change nothing. */
    @Test
    default void anObjectAndAFolderOfOneNameAreKeptApartOrRefused() throws IOException {
        put("a/b/c", "inner");
        String outer = tryToPut("a/b", "a/b/c");
        assertThat(read("a/b/c")).isEqualTo("inner");
        assertThat(outer).isIn("refused", "written");
        assertThat(node().find(key("a/b")).isPresent()).isEqualTo("written".equals(outer));

        put("x/y", "outer");
        String inner = tryToPut("x/y/z", "x/y");
        String deeper = tryToPut("x/y/z/w", "x/y");
        assertThat(read("x/y")).isEqualTo("outer");
        assertThat(node().find(key("x/y/z")).isPresent()).isEqualTo("written".equals(inner));
        assertThat(node().find(key("x/y/z/w")).isPresent()).isEqualTo("written".equals(deeper));
        if ("refused".equals(inner)) {
            assertThat(keysBelow("x")).containsExactly("x/y");
            assertThat(node().listFolders(KeyPrefix.of("x"), null, 10)).isEmpty();
        }
    }

    private String tryToPut(String key, String other) throws IOException {
        try {
            put(key, "x");
            return "written";
        } catch (StorageException e) {
            assertThat(e).isExactlyInstanceOf(StorageException.class);
            assertThat(e).hasMessageContaining("'" + key + "'").hasMessageContaining("'" + other + "'");
            return "refused";
        }
    }
}
