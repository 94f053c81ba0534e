package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.contract.NodeOpener;
import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storage.fs.FileSystemRegistryTest.MemoryDisk;
import io.modelregistry.storm.AnsweringFirstNode;
import io.modelregistry.storm.KillStorm;
import io.modelregistry.storm.StormFailure;
import io.modelregistry.storm.StormSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The storm of kills, in its brief form, reports every planted defect. */
@Timeout(300)
class FileSystemKillStormCatchesDefectsTest {
    private static final Logger LOG = LoggerFactory.getLogger(FileSystemKillStormCatchesDefectsTest.class);

    @TempDir(factory = MemoryDisk.class)
    private Path folder;

    @ParameterizedTest
    @ValueSource(classes = {AcknowledgesBeforeTheCommit.class, WritesInPlace.class})
    void reports(Class<? extends NodeOpener> defect) {
        KillStorm storm = new KillStorm("planted", StormSettings.seed(), () -> {
            Path root = Files.createTempDirectory(folder, "store");
            return new SharedStore(defect, List.of(root.toString()));
        });
        assertThatThrownBy(() -> storm.blow(10))
                .isInstanceOf(StormFailure.class)
                .hasMessageStartingWith("Kill storm, planted, seed " + StormSettings.seed())
                .satisfies(failure -> LOG.info("{} was reported: {}", defect.getSimpleName(), failure.getMessage()));
    }

    /** A head is written after the change was acknowledged. */
    public static final class AcknowledgesBeforeTheCommit implements NodeOpener {
        @Override
        public StorageNode open(List<String> arguments) {
            return new AnsweringFirstNode(FileSystemStorageNode.at(Path.of(arguments.get(0))));
        }
    }

    /** A head is replaced by writing over it. */
    public static final class WritesInPlace implements NodeOpener {
        @Override
        public StorageNode open(List<String> arguments) {
            FileSystemStorageNode node = FileSystemStorageNode.at(Path.of(arguments.get(0)));
            return new ForwardingNode(node) {
                @Override
                public StoredObject write(StorageKey key, Content content, WriteCondition condition)
                        throws IOException {
                    if (!key.value().endsWith("/_model.json") || condition instanceof WriteCondition.IfAbsent) {
                        return super.write(key, content, condition);
                    }
                    try (InputStream in = content.open();
                            OutputStream out = Files.newOutputStream(node.path(key))) {
                        in.transferTo(out);
                    }
                    return find(key).orElseThrow();
                }
            };
        }
    }
}
