/** A {@code StorageNode} in an S3 bucket. */
// The store is called S3, and the AWS SDK has automatic modules.
@SuppressWarnings({"module", "requires-transitive-automatic"})
module io.modelregistry.storage.s3 {
    requires static transitive org.jspecify;
    requires transitive io.modelregistry.core;
    requires transitive software.amazon.awssdk.services.s3;
    requires transitive software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache5;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires software.amazon.awssdk.utils;
    requires software.amazon.awssdk.identity.spi;
    requires org.slf4j;

    exports io.modelregistry.storage.s3;

    provides io.modelregistry.storage.StorageNodeProvider with
            io.modelregistry.storage.s3.S3StorageNodeProvider;
}
