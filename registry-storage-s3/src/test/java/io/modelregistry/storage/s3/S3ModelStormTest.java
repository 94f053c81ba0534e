package io.modelregistry.storage.s3;

import io.modelregistry.storm.ModelStorm;
import io.modelregistry.storm.StormSettings;
import io.modelregistry.storm.StormStores;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class S3ModelStormTest extends ModelStorm {
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
    protected int sequences() {
        return StormSettings.rounds(2, 2_000);
    }
}
