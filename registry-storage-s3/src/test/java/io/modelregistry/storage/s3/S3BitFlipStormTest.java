package io.modelregistry.storage.s3;

import io.modelregistry.storm.BitFlipStorm;
import io.modelregistry.storm.StormSettings;
import io.modelregistry.storm.StormStores;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class S3BitFlipStormTest extends BitFlipStorm {
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
    protected int flips() {
        return StormSettings.rounds(15, 500);
    }
}
