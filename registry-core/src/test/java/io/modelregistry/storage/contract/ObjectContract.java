package io.modelregistry.storage.contract;

import static io.modelregistry.storage.contract.ContractSubject.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single objects: find, open, overwrite, delete, copy. */
public interface ObjectContract extends ContractSubject {
    @Test
    default void aMissingObjectIsNotFound() throws IOException {
        put("a/other", "x");
        assertThat(node().find(key("a/missing"))).isEmpty();
        assertThat(node().find(key("a"))).as("a folder").isEmpty();
        assertThat(node().find(key("a/other/below"))).as("below an object").isEmpty();
        for (String missing : new String[] {"a/missing", "a", "a/other/below", "b"}) {
            assertRefused(() -> node().open(key(missing)), NoSuchKeyException.class, missing);
            assertRefused(
                    () -> node().open(key(missing), ByteRange.last(3), "etag"), NoSuchKeyException.class, missing);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 4_096, 8_191, 8_192, 65_537, 300_001, LARGE})
    default void whatIsWrittenIsRead(int size) throws IOException {
        byte[] bytes = PatternContent.bytes(size, size);
        StoredObject written = node().write(key("a/b"), Content.of(bytes), WriteCondition.unconditional());
        assertThat(written.key()).isEqualTo(key("a/b"));
        assertThat(written.size()).isEqualTo(size);
        assertThat(Arrays.equals(node().readAll(key("a/b")), bytes))
                .as("same bytes")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 100_000, LARGE})
    default void findAndOpenShowWhatWriteReturned(int size) throws IOException {
        StoredObject written = node().write(key("k"), new PatternContent(1, size), WriteCondition.unconditional());
        StoredObject found = node().find(key("k")).orElseThrow();
        assertThat(found.etag()).isEqualTo(written.etag());
        assertThat(found.size()).isEqualTo(size);
        assertThat(found.key()).isEqualTo(key("k"));
        try (OpenObject opened = node().open(key("k"), ByteRange.of(0, 1), null).orElseThrow()) {
            assertThat(opened.object().etag()).isEqualTo(written.etag());
            assertThat(opened.object().size()).as("size of the whole").isEqualTo(size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, LARGE})
    default void anOverwriteChangesContentAndEtag(int size) throws IOException {
        StoredObject first = node().write(key("k"), new PatternContent(1, size), WriteCondition.unconditional());
        StoredObject second = node().write(key("k"), new PatternContent(2, size), WriteCondition.unconditional());
        assertThat(second.etag()).isNotEqualTo(first.etag());
        assertThat(node().find(key("k")).orElseThrow().etag()).isEqualTo(second.etag());
        assertThat(Arrays.equals(node().readAll(key("k")), PatternContent.bytes(2, size)))
                .as("new bytes")
                .isTrue();
    }

    /** The clock of a file system ticks every few milliseconds, and it uses the number of a deleted file again. */
    @Test
    default void quickOverwritesOfOneSizeAllHaveEtagsOfTheirOwn() throws IOException {
        Set<String> etags = new HashSet<>();
        for (int i = 100; i < 200; i++) {
            etags.add(put("k", "content " + i).etag());
            if (i % 10 == 0) {
                node().delete(key("k"));
            }
        }
        assertThat(etags).hasSize(100);
    }

    @ParameterizedTest
    @CsvSource({
        "from,0,0,0,100",
        "from,40,0,40,60",
        "from,99,0,99,1",
        "from,100,0,100,0",
        "from,1000,0,100,0",
        "of,0,100,0,100",
        "of,10,20,10,20",
        "of,90,50,90,10",
        "of,99,1,99,1",
        "of,100,1,100,0",
        "of,500,5,100,0",
        "of,0,0,0,0",
        "of,50,0,50,0",
        "last,0,0,100,0",
        "last,7,0,93,7",
        "last,100,0,0,100",
        "last,1000,0,0,100",
    })
    default void aRangeIsCutAtTheEndAndNeverShifted(String kind, long first, long second, int start, int length)
            throws IOException {
        byte[] bytes = PatternContent.bytes(3, 100);
        node().write(key("k"), Content.of(bytes), WriteCondition.unconditional());
        ByteRange range = switch (kind) {
            case "from" -> ByteRange.from(first);
            case "of" -> ByteRange.of(first, second);
            default -> ByteRange.last(first);
        };
        try (OpenObject opened = node().open(key("k"), range, null).orElseThrow()) {
            assertThat(opened.stream().readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, start, start + length));
            assertThat(opened.stream().read()).as("after the end").isEqualTo(-1);
        }
    }

    @Test
    default void rangesOfALargeObjectAreRead() throws IOException {
        byte[] bytes = PatternContent.bytes(4, LARGE);
        node().write(key("k"), Content.of(bytes), WriteCondition.unconditional());
        ByteRange[] ranges = {
            ByteRange.of(8_388_600, 16),
            ByteRange.from(LARGE - 5L),
            ByteRange.last(70_000),
            ByteRange.of(1, 0),
            ByteRange.from(LARGE)
        };
        for (ByteRange range : ranges) {
            int start = (int) range.startIn(LARGE);
            try (OpenObject opened = node().open(key("k"), range, null).orElseThrow()) {
                assertThat(opened.stream().readAllBytes())
                        .as("%s", range)
                        .isEqualTo(Arrays.copyOfRange(bytes, start, start + (int) range.lengthIn(LARGE)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, LARGE})
    default void aKnownGenerationIsNotOpenedAgain(int size) throws IOException {
        String first = node().write(key("k"), new PatternContent(1, size), WriteCondition.unconditional())
                .etag();
        assertThat(node().open(key("k"), ByteRange.ALL, first)).isEmpty();
        node().write(key("k"), new PatternContent(2, size), WriteCondition.unconditional());
        try (OpenObject opened = node().open(key("k"), ByteRange.ALL, first).orElseThrow()) {
            assertThat(opened.object().etag()).isNotEqualTo(first);
            assertThat(opened.stream().readNBytes(5)).isEqualTo(PatternContent.bytes(2, 5));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 200_000, LARGE})
    default void anOpenStreamStaysWithItsGeneration(int size) throws IOException {
        node().write(key("k"), new PatternContent(1, size), WriteCondition.unconditional());
        try (OpenObject replaced = node().open(key("k"));
                OpenObject deleted = node().open(key("k"))) {
            byte[] start = replaced.stream().readNBytes(10);
            node().write(key("k"), new PatternContent(2, size - 100), WriteCondition.unconditional());
            node().delete(key("k"));
            assertThat(start).isEqualTo(PatternContent.bytes(1, 10));
            byte[] expected = PatternContent.bytes(1, size);
            assertThat(Arrays.equals(replaced.stream().readAllBytes(), Arrays.copyOfRange(expected, 10, size)))
                    .as("rest of the first generation")
                    .isTrue();
            assertThat(Arrays.equals(deleted.stream().readAllBytes(), expected))
                    .as("first generation")
                    .isTrue();
        }
    }

    @Test
    default void deleteRemovesOneObjectAndNothingElse() throws IOException {
        for (String key : new String[] {"a/b", "a/c", "a/bc", "d"}) {
            put(key, key);
        }
        node().delete(key("a/b"));
        assertThat(node().find(key("a/b"))).isEmpty();
        assertRefused(() -> node().open(key("a/b")), NoSuchKeyException.class, "a/b");
        assertThat(keysBelow("")).containsExactly("a/bc", "a/c", "d");
    }

    @Test
    default void deletingWhatIsMissingDoesNothing() throws IOException {
        node().delete(key("a/b"));
        put("a/b", "x");
        for (String missing : new String[] {"a/c", "a", "a/b/c", "x/y/z"}) {
            node().delete(key(missing));
        }
        assertThat(read("a/b")).isEqualTo("x");
        node().delete(key("a/b"));
        node().delete(key("a/b"));
        assertThat(keysBelow("")).isEmpty();
    }

    @Test
    default void aDeletedKeyCanBeWrittenAgain() throws IOException {
        create("a/b/c", "first");
        node().delete(key("a/b/c"));
        create("a/b/c", "second");
        assertThat(read("a/b/c")).isEqualTo("second");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000, LARGE})
    default void aCopyHasTheBytesAndReplacesItsTarget(int size) throws IOException {
        node().write(key("from/x"), new PatternContent(1, size), WriteCondition.unconditional());
        put("to/y", "replaced");
        StoredObject copied = node().copy(key("from/x"), key("to/y"));
        assertThat(copied.key()).isEqualTo(key("to/y"));
        assertThat(copied.size()).isEqualTo(size);
        assertThat(node().find(key("to/y")).orElseThrow().etag()).isEqualTo(copied.etag());
        assertThat(Arrays.equals(node().readAll(key("to/y")), PatternContent.bytes(1, size)))
                .as("same bytes")
                .isTrue();
        assertThat(keysBelow("")).containsExactly("from/x", "to/y");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, LARGE})
    default void aCopyAndItsSourceLiveApart(int size) throws IOException {
        node().write(key("a"), new PatternContent(1, size), WriteCondition.unconditional());
        node().copy(key("a"), key("b"));
        node().copy(key("a"), key("b"));
        node().copy(key("a"), key("c"));
        node().write(key("a"), new PatternContent(2, size), WriteCondition.unconditional());
        node().delete(key("c"));
        assertThat(Arrays.equals(node().readAll(key("b")), PatternContent.bytes(1, size)))
                .as("the copy as it was")
                .isTrue();
        node().write(key("b"), new PatternContent(3, size), WriteCondition.unconditional());
        assertThat(Arrays.equals(node().readAll(key("a")), PatternContent.bytes(2, size)))
                .as("the source as it was")
                .isTrue();
        assertThat(keysBelow("")).containsExactly("a", "b");
    }

    @Test
    default void aCopyOfNothingIsRefusedAndLeavesTheTarget() throws IOException {
        assertRefused(() -> node().copy(key("a/missing"), key("b/new")), NoSuchKeyException.class, "a/missing");
        put("b/old", "kept");
        assertRefused(() -> node().copy(key("a/missing"), key("b/old")), NoSuchKeyException.class, "a/missing");
        assertThat(read("b/old")).isEqualTo("kept");
        assertRefused(() -> node().copy(key("a/missing"), key("a/missing")), NoSuchKeyException.class, "a/missing");
        assertThat(keysBelow("")).containsExactly("b/old");
    }

    @Test
    default void aCopyOntoItselfChangesNothing() throws IOException {
        StoredObject written = put("a/b", "x");
        StoredObject copied = node().copy(key("a/b"), key("a/b"));
        assertThat(copied.etag()).isEqualTo(written.etag());
        assertThat(node().find(key("a/b")).orElseThrow().etag()).isEqualTo(written.etag());
        assertThat(new String(node().readAll(key("a/b")), UTF_8)).isEqualTo("x");
    }
}
