package io.modelregistry.storage.s3;

import io.modelregistry.storm.Disturbance;
import io.modelregistry.storm.FaultStorm;
import io.modelregistry.storm.StormStores;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Disturbs requests on their way to a real S3 server. */
class S3FaultStormTest extends FaultStorm {
    private BucketStores stores;

    @BeforeAll
    void open() throws IOException {
        stores = new BucketStores();
    }

    @AfterAll
    void close() throws IOException {
        stores.close();
    }

    @Override
    protected StormStores stores() {
        return stores;
    }

    @Override
    protected List<Disturbance> disturbances() {
        return List.of(HttpFault.values());
    }

    @Override
    protected double share() {
        return 0.08;
    }

    @Override
    protected int mostCalls() {
        return 8;
    }
}
