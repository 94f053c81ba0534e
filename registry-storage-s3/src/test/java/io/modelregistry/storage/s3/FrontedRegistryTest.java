package io.modelregistry.storage.s3;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.registry.contract.RegistryContract;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The promises of a registry over a real S3 server whose requests are put in order. */
class FrontedRegistryTest extends RegistryContract {
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
        return copyingSmallFiles(S3Servers.node(front.endpoint()).build());
    }

    /** The contract's files are small, and what is held is to be copied as elsewhere. */
    static StorageNode copyingSmallFiles(StorageNode node) {
        return new ForwardingNode(node) {
            @Override
            public long copyFromBytes() {
                return 64 << 10;
            }
        };
    }
}
