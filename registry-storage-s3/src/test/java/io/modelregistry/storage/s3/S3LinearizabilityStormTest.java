package io.modelregistry.storage.s3;

import io.modelregistry.storm.LinearizabilityStorm;
import io.modelregistry.storm.StormSettings;
import io.modelregistry.storm.StormStores;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class S3LinearizabilityStormTest extends LinearizabilityStorm {
    private BucketStores stores;

    @BeforeEach
    void open() throws IOException {
        stores = new BucketStores();
    }

    @AfterEach
    void close() throws IOException {
        stores.close();
    }

    @Override
    protected StormStores stores() {
        return stores;
    }

    @Override
    protected int nodeRounds() {
        return StormSettings.rounds(1, 20);
    }

    @Override
    protected int registryRounds() {
        return StormSettings.rounds(1, 20);
    }
}
