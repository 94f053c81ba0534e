package io.modelregistry.storage.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is forced, and when: before a name is given, and before a call returns. */
class FileSystemDurabilityTest {
    @TempDir
    private Path folder;

    private RecordingOperations disk;
    private StorageNode node;

    @BeforeEach
    void open() throws IOException {
        disk = new RecordingOperations(folder.toRealPath().resolve("registry"));
        node = disk.node();
    }

    private void put(String key, WriteCondition condition) throws IOException {
        node.write(StorageKey.of(key), Content.of(key.getBytes(UTF_8)), condition);
    }

    private List<String> callsOf(Step step) throws IOException {
        disk.calls.clear();
        step.run();
        return disk.calls.stream().filter(call -> !call.startsWith("visit")).toList();
    }

    @Test
    void aCreateForcesItsContentThenLinksThenForcesEveryNewName() throws IOException {
        assertThat(callsOf(() -> put("a/b/c", WriteCondition.ifAbsent())))
                .containsExactly(
                        "forceFolder ..", // which holds the folder of the root
                        "mkdir .",
                        "forceFolder ..",
                        "mkdir .locks",
                        "mkdir .tmp",
                        "create TMP",
                        "force TMP",
                        "mkdir a",
                        "mkdir a/b",
                        "lock",
                        "link a/b/c TMP",
                        "unlock",
                        "delete TMP",
                        "forceFolder a/b",
                        "forceFolder a",
                        "forceFolder .",
                        "forceFolder ..");
    }

    @Test
    void aFolderThatIsKnownToBeDurableIsForcedAlone() throws IOException {
        put("a/b/c", WriteCondition.ifAbsent());
        assertThat(callsOf(() -> put("a/b/d", WriteCondition.ifAbsent())))
                .containsExactly(
                        "create TMP", "force TMP", "lock", "link a/b/d TMP", "unlock", "delete TMP", "forceFolder a/b");
        assertThat(callsOf(() -> put("a/b/d", WriteCondition.unconditional())))
                .containsExactly("create TMP", "force TMP", "lock", "replace TMP a/b/d", "unlock", "forceFolder a/b");
        assertThat(callsOf(() -> put("a/x/y", WriteCondition.unconditional())))
                .endsWith("unlock", "forceFolder a/x", "forceFolder a");
    }

    @Test
    void anUpdateComparesUnderTheLock() throws IOException {
        put("a/b", WriteCondition.ifAbsent());
        String etag = node.find(StorageKey.of("a/b")).orElseThrow().etag();
        assertThat(callsOf(() -> put("a/b", WriteCondition.ifMatches(etag))))
                .containsExactly(
                        "read a/b",
                        "create TMP",
                        "force TMP",
                        "lock",
                        "read a/b",
                        "replace TMP a/b",
                        "unlock",
                        "forceFolder a");
    }

    /** Another process may have made the folder a moment ago and not have forced it yet. */
    @Test
    void aFolderThatSomebodyElseMadeIsForcedOnce() throws IOException {
        put("a/b/c", WriteCondition.ifAbsent());
        node = disk.node();
        assertThat(callsOf(() -> put("a/b/d", WriteCondition.ifAbsent())))
                .endsWith("forceFolder a/b", "forceFolder a", "forceFolder .", "forceFolder ..");
        assertThat(callsOf(() -> put("a/b/e", WriteCondition.ifAbsent()))).endsWith("delete TMP", "forceFolder a/b");
    }

    /** Whoever gave the object its name may have died before the name was durable. */
    @Test
    void whatIsFoundIsMadeDurableOnRequest() throws IOException {
        put("a/b/c", WriteCondition.ifAbsent());
        assertThat(callsOf(() -> node.ensureDurable(StorageKey.of("a/b/c")))).containsExactly("forceFolder a/b");
        assertThat(callsOf(() -> node.ensureDurable(StorageKey.of("a/b/x")))).isEmpty();
        node = disk.node();
        assertThat(callsOf(() -> node.ensureDurable(StorageKey.of("a/b/c"))))
                .containsExactly("forceFolder a/b", "forceFolder a", "forceFolder .", "forceFolder ..");
    }

    @Test
    void aFolderThatSomebodyElseRemovedAndMadeAgainIsForcedAgain() throws IOException {
        put("a/b/c", WriteCondition.ifAbsent());
        try (StorageNode other = FileSystemStorageNode.at(folder.resolve("registry"))) {
            other.delete(StorageKey.of("a/b/c"));
            other.write(StorageKey.of("a/b/x"), Content.of(new byte[1]), WriteCondition.ifAbsent());
        }
        assertThat(callsOf(() -> put("a/b/d", WriteCondition.ifAbsent())))
                .endsWith("forceFolder a/b", "forceFolder a", "forceFolder .", "forceFolder ..");
    }

    @Test
    void aRefusalIsReportedWhenItsReasonIsDurable() throws IOException {
        put("a/b", WriteCondition.ifAbsent());
        assertThat(callsOf(() -> assertThatThrownBy(() -> put("a/b", WriteCondition.ifAbsent()))
                        .isInstanceOf(WriteConflictException.class)))
                .containsExactly("read a/b", "forceFolder a");
        assertThat(callsOf(() -> assertThatThrownBy(() -> put("a/b", WriteCondition.ifMatches("other")))
                        .isInstanceOf(WriteConflictException.class)))
                .containsExactly("read a/b", "forceFolder a");
    }

    @Test
    void aDeleteIsForcedBeforeItReturns() throws IOException {
        put("a/b/c", WriteCondition.ifAbsent());
        put("a/b/d", WriteCondition.ifAbsent());
        assertThat(callsOf(() -> node.delete(StorageKey.of("a/b/c"))))
                .startsWith("lock", "delete a/b/c", "unlock", "forceFolder a/b")
                .doesNotContain("delete a/b");
        assertThat(callsOf(() -> node.delete(StorageKey.of("a/b/d")))).contains("delete a/b", "delete a");
    }

    @Test
    void aCopyNeedsNoSecondContent() throws IOException {
        put("a/b", WriteCondition.ifAbsent());
        assertThat(callsOf(() -> node.copy(StorageKey.of("a/b"), StorageKey.of("a/c"))))
                .containsExactly("link TMP a/b", "read TMP", "lock", "replace TMP a/c", "unlock", "forceFolder a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "a/b", "a"})
    void aWriteOutlivesTheRemovalOfItsFolder(String writtenInstead) throws IOException {
        StorageKey key = StorageKey.of("a/b/c/d");
        StorageKey instead = StorageKey.of(writtenInstead);
        boolean[] removed = new boolean[1];
        StorageNode removing = new ForwardingOperations() {
            @Override
            public void forceFolder(Path forced) throws IOException {
                super.forceFolder(forced);
                if (forced.endsWith("a/b/c") && !removed[0]) {
                    removed[0] = true;
                    node.delete(key);
                    node.write(instead, Content.of(new byte[1]), WriteCondition.ifAbsent());
                }
            }
        }.nodeAt(folder.toRealPath().resolve("registry"));
        removing.write(key, Content.of(new byte[1]), WriteCondition.ifAbsent());
        assertThat(removed[0]).isTrue();
        assertThat(removing.find(key)).isEmpty();
        assertThat(removing.find(instead)).isPresent();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
