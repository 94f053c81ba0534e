package io.modelregistry.storage.s3;

import io.modelregistry.registry.contract.DeploymentStoreContract;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The promises of deployments over a real S3 server whose requests are put in order. */
class FrontedDeploymentStoreTest extends DeploymentStoreContract {
    private static S3Front front;

    @BeforeAll
    static void start() throws IOException {
        front = S3Servers.frontOfS3proxy();
    }

    @AfterAll
    static void stop() throws IOException {
        front.close();
    }

    @Override
    protected StorageNode openEmpty() {
        return S3Servers.node(front.endpoint()).build();
    }
}
