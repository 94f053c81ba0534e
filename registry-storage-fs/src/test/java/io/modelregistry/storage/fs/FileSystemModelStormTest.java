package io.modelregistry.storage.fs;

import io.modelregistry.storm.ModelStorm;
import io.modelregistry.storm.StormSettings;
import io.modelregistry.storm.StormStores;

class FileSystemModelStormTest extends ModelStorm {
    @Override
    protected StormStores stores() {
        return new FolderStores();
    }

    @Override
    protected int sequences() {
        return StormSettings.rounds(10, 2_000);
    }
}
