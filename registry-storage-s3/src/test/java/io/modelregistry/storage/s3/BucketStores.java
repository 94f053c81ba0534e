package io.modelregistry.storage.s3;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import io.modelregistry.storm.StormStore;
import io.modelregistry.storm.StormStores;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Stores in folders of a bucket of a real S3 server whose requests are put in order. */
final class BucketStores implements StormStores, AutoCloseable {
    private final S3Front front;
    private final S3Client client;

    BucketStores() throws IOException {
        front = S3Servers.frontOfS3proxy();
        client = S3Servers.client(front.endpoint());
    }

    @Override
    public String name() {
        return "S3";
    }

    @Override
    public BucketStore create() {
        String prefix = UUID.randomUUID().toString();
        return new BucketStore(
                client, prefix, S3Servers.node(front.endpoint(), prefix).build());
    }

    @Override
    public void close() throws IOException {
        client.close();
        front.close();
    }

    /** A folder of the bucket, which is emptied in the end. Nodes keep nothing, so that one stands for many. */
    record BucketStore(S3Client client, String prefix, StorageNode node) implements StormStore {
        @Override
        public StorageNode open() {
            return new ForwardingNode(node) {
                @Override
                public void close() {
                    Thread.onSpinWait(); // The store closes it.
                }
            };
        }

        @Override
        public void tamper(StorageKey key, byte[] bytes) {
            client.putObject(
                    request -> request.bucket(S3Servers.BUCKET).key(prefix + "/" + key), RequestBody.fromBytes(bytes));
        }

        @Override
        public void close() throws IOException {
            for (List<ListedObject> page = page(); !page.isEmpty(); page = page()) {
                for (ListedObject object : page) {
                    node.delete(object.key());
                }
            }
            node.close();
        }

        private List<ListedObject> page() throws IOException {
            return node.list(KeyPrefix.ROOT, null, 1_000);
        }
    }
}
