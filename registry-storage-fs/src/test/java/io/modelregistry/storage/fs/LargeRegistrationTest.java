package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeRegistrationTest {
    private static final long FIVE_GIB = 5L << 30;

    @Test
    void aFileAboveTheSizeThatIsHashedFirstIsRegisteredAndReadBack(@TempDir Path folder) throws IOException {
        registersAndReadsBack(folder, 80L << 20);
    }

    @Test
    @Tag("long")
    void aSparseFileOfFiveGibAndOneByteIsRegisteredAndReadBack(@TempDir Path folder) throws IOException {
        registersAndReadsBack(folder, FIVE_GIB);
    }

    /** The file is empty but for its last byte, behind the given size. */
    private static void registersAndReadsBack(Path folder, long zeros) throws IOException {
        Path source = folder.resolve("sparse.bin");
        try (SeekableByteChannel out = Files.newByteChannel(
                source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            out.position(zeros);
            out.write(ByteBuffer.wrap(new byte[] {42}));
        }
        try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(folder.resolve("registry")))) {
            RegisteredVersion version =
                    registry.register(Registration.of("large", source).build());
            assertThat(version.manifest().totalSize()).isEqualTo(zeros + 1);
            long read = 0;
            int last = -1;
            byte[] buffer = new byte[1 << 20];
            try (InputStream in = registry.artifacts("large").open(ArtifactPath.of("sparse.bin"))) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    read += count;
                    last = buffer[count - 1];
                }
            }
            assertThat(read).isEqualTo(zeros + 1);
            assertThat(last).isEqualTo(42);
        }
    }
}
