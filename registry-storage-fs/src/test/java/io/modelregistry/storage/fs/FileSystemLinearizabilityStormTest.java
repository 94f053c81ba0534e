package io.modelregistry.storage.fs;

import io.modelregistry.storm.LinearizabilityStorm;
import io.modelregistry.storm.StormSettings;
import io.modelregistry.storm.StormStores;

class FileSystemLinearizabilityStormTest extends LinearizabilityStorm {
    @Override
    protected StormStores stores() {
        return new FolderStores();
    }

    @Override
    protected int nodeRounds() {
        return StormSettings.rounds(1, 50);
    }

    @Override
    protected int registryRounds() {
        return StormSettings.rounds(1, 50);
    }
}
