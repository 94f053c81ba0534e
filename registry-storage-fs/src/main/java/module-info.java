/** A {@code StorageNode} in a local or mounted folder. */
module io.modelregistry.storage.fs {
    requires static transitive org.jspecify;
    requires transitive io.modelregistry.core;
    requires org.slf4j;

    exports io.modelregistry.storage.fs;

    provides io.modelregistry.storage.StorageNodeProvider with
            io.modelregistry.storage.fs.FileSystemStorageNodeProvider;
}
