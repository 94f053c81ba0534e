package io.modelregistry.storage.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk across a network may do what it is asked and report an error all the same. */
class FileSystemLateErrorTest {
    private static final StorageKey KEY = StorageKey.of("models/iris/_model.json");

    @TempDir
    private Path root;

    @Test
    void aLinkThatIsMadeAndReportedAsFailedLeavesTheOutcomeUnknown() throws IOException {
        AtomicInteger forced = new AtomicInteger();
        StorageNode node = new ForwardingOperations() {
            @Override
            public void link(Path name, Path existing) throws IOException {
                super.link(name, existing);
                throw failure(name);
            }

            @Override
            public void forceFolder(Path folder) throws IOException {
                super.forceFolder(folder);
                if (folder.endsWith("models/iris")) {
                    forced.incrementAndGet();
                }
            }
        }.nodeAt(root);

        assertUnknown(node, WriteCondition.ifAbsent());
        assertThat(forced).hasPositiveValue();
    }

    @Test
    void aMoveThatIsMadeAndReportedAsFailedLeavesTheOutcomeUnknown() throws IOException {
        String etag = write(FileSystemStorageNode.at(root), "old", WriteCondition.ifAbsent());
        StorageNode node = new ForwardingOperations() {
            @Override
            public void replace(Path from, Path to) throws IOException {
                super.replace(from, to);
                throw failure(to);
            }
        }.nodeAt(root);

        assertUnknown(node, WriteCondition.ifMatches(etag));
    }

    @Test
    void aMoveThatIsNotMadeIsAFailure() throws IOException {
        String etag = write(FileSystemStorageNode.at(root), "old", WriteCondition.ifAbsent());
        StorageNode node = new ForwardingOperations() {
            @Override
            public void replace(Path from, Path to) throws IOException {
                throw failure(to);
            }
        }.nodeAt(root);

        assertThatThrownBy(() -> write(node, "new", WriteCondition.ifMatches(etag)))
                .isExactlyInstanceOf(StorageException.class)
                .hasMessage("Cannot write object '" + KEY + "': Input/output error, expected a writable folder");
        assertThat(new String(node.readAll(KEY), UTF_8)).isEqualTo("old");
    }

    private static void assertUnknown(StorageNode node, WriteCondition condition) throws IOException {
        assertThatThrownBy(() -> write(node, "new", condition))
                .isExactlyInstanceOf(WriteOutcomeUnknownException.class)
                .hasMessage("Cannot tell whether object '" + KEY
                        + "' was written: Input/output error, expected no error from the disk")
                .hasCauseInstanceOf(FileSystemException.class);
        assertThat(new String(node.readAll(KEY), UTF_8)).isEqualTo("new");
    }

    private static String write(StorageNode node, String content, WriteCondition condition) throws IOException {
        return node.write(KEY, Content.of(content.getBytes(UTF_8)), condition).etag();
    }

    private static FileSystemException failure(Path path) {
        return new FileSystemException(path.toString(), null, "Input/output error");
    }
}
