package io.modelregistry.storage.s3.server;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.modelregistry.storage.s3.ChecksumMode;
import io.modelregistry.storage.s3.S3StorageNode;
import io.modelregistry.storage.s3.S3StorageNodeBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/** The servers of the tests: each is started once, by the first test that needs it. */
public final class S3Servers {
    /** The bucket that they have. */
    public static final String BUCKET = "registry";

    private S3Servers() {}

    /** s3proxy as it is. */
    public static URI s3proxy() {
        return URI.create("http://127.0.0.1:" + S3ProxyHolder.SERVER.port());
    }

    /** s3mock as it is. */
    public static URI s3mock() {
        return URI.create("http://127.0.0.1:" + S3MockHolder.SERVER.port());
    }

    /** A front of its own before s3proxy, to be closed. */
    public static S3Front frontOfS3proxy() throws IOException {
        return new S3Front(S3ProxyHolder.SERVER.port());
    }

    /** A front of its own before s3mock, to be closed. */
    public static S3Front frontOfS3mock() throws IOException {
        return new S3Front(S3MockHolder.SERVER.port());
    }

    /**
     * Ceph RGW, where one was started ({@code .ci/rgw start}) and the environment says so; else the test that asks is
     * skipped.
     */
    public static URI rgw() {
        String endpoint = System.getenv("REGISTRY_TEST_RGW");
        assumeThat(endpoint)
                .as("Ceph RGW is not running: '.ci/rgw start FOLDER' starts one and prints REGISTRY_TEST_RGW=...")
                .isNotNull();
        return withBucket(URI.create(endpoint));
    }

    /** Begins a node on Ceph RGW in a folder of its own: version 16 knows no checksums of requests. */
    public static S3StorageNodeBuilder rgwNode() {
        return node(rgw()).checksums(ChecksumMode.WHEN_REQUIRED);
    }

    /** The credentials that they know. */
    public static StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(
                AwsBasicCredentials.create(ServerProcess.ACCESS_KEY, ServerProcess.SECRET_KEY));
    }

    /** Begins a node in a folder of its own. */
    public static S3StorageNodeBuilder node(URI endpoint) {
        return node(endpoint, UUID.randomUUID().toString());
    }

    /** Begins a node in a folder. */
    public static S3StorageNodeBuilder node(URI endpoint, String prefix) {
        return S3StorageNode.bucket(BUCKET)
                .prefix(prefix)
                .endpoint(endpoint)
                .pathStyle()
                .region("us-east-1")
                .requestTimeout(Duration.ofSeconds(20))
                .credentials(credentials());
    }

    /** A client of the servers' own kind, to be closed. */
    public static S3Client client(URI endpoint) {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .httpClientBuilder(Apache5HttpClient.builder())
                .credentialsProvider(credentials())
                .build();
    }

    private static URI withBucket(URI endpoint) {
        try (S3Client client = client(endpoint)) {
            client.createBucket(request -> request.bucket(BUCKET));
        } catch (BucketAlreadyOwnedByYouException e) {
            return endpoint; // An earlier test has made it.
        }
        return endpoint;
    }

    private static ServerProcess withBucket(ServerProcess server) {
        withBucket(URI.create("http://127.0.0.1:" + server.port()));
        return server;
    }

    private static final class S3ProxyHolder {
        private static final ServerProcess SERVER = start();

        private static ServerProcess start() {
            try {
                return withBucket(ServerProcess.s3proxy());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class S3MockHolder {
        private static final ServerProcess SERVER = start();

        private static ServerProcess start() {
            try {
                return withBucket(ServerProcess.s3mock());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
