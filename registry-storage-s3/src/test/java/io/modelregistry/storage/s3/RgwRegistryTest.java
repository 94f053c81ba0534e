package io.modelregistry.storage.s3;

import io.modelregistry.registry.contract.RegistryContract;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.server.S3Servers;

/** The promises of a registry over Ceph RGW. */
class RgwRegistryTest extends RegistryContract {
    @Override
    protected StorageNode openEmpty() {
        return FrontedRegistryTest.copyingSmallFiles(S3Servers.rgwNode().build());
    }
}
