/** A {@code StorageNode} in an S3 bucket. */
// The store is called S3.
@SuppressWarnings("module")
module io.modelregistry.storage.s3 {
    requires static transitive org.jspecify;
    requires transitive io.modelregistry.core;
}
