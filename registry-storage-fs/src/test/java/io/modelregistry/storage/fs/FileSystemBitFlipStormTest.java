package io.modelregistry.storage.fs;

import io.modelregistry.storm.BitFlipStorm;
import io.modelregistry.storm.StormSettings;
import io.modelregistry.storm.StormStores;

class FileSystemBitFlipStormTest extends BitFlipStorm {
    @Override
    protected StormStores stores() {
        return new FolderStores();
    }

    @Override
    protected int flips() {
        return StormSettings.rounds(60, 6_000);
    }
}
