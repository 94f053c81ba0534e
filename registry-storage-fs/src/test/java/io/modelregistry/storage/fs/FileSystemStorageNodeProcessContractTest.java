package io.modelregistry.storage.fs;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.NodeOpener;
import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storage.contract.StorageNodeProcessContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class FileSystemStorageNodeProcessContractTest extends StorageNodeProcessContract {
    @TempDir
    private Path folder;

    @Override
    protected SharedStore emptyStore() {
        return new SharedStore(AtPath.class, List.of(folder.resolve("registry").toString()));
    }

    /** Opens the folder that the only argument names. */
    public static final class AtPath implements NodeOpener {
        @Override
        public StorageNode open(List<String> arguments) {
            return FileSystemStorageNode.at(Path.of(arguments.get(0)));
        }
    }
}
