package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.time.Duration;

/** How clients reach a store; planted defects are other ways. */
interface StormClients {
    /** As an application does it. */
    StormClients SOUND = new StormClients() {};

    /** What a client sees of a node. */
    default StorageNode node(StorageNode node) {
        return node;
    }

    /** What a client sees of a registry over such a node. */
    default ModelRegistry registry(StorageNode node, Duration commitLimit) {
        return ModelRegistries.builder(node)
                .leaveNodeOpen()
                .commitLimit(commitLimit)
                .open();
    }

    /** What part of the writes gets no reply where several clients run. */
    default double lossRate() {
        return 0.04;
    }
}
