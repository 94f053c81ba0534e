package io.modelregistry.storage.s3;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.StorageNodeContract;
import io.modelregistry.storage.s3.server.S3Servers;

/** The contract against Ceph RGW, a real S3 server whose conditions hold under any race. */
class RgwContractTest extends StorageNodeContract {
    @Override
    protected StorageNode openEmpty() {
        return S3Servers.rgwNode().build();
    }
}
