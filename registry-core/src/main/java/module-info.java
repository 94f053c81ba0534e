/**
 * The registry: values, the storage SPI, lifecycle and the registry itself, without an engine or a cloud SDK.
 *
 * <p>Packages below {@code io.modelregistry.internal} are not exported and not API.
 */
module io.modelregistry.core {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires com.github.benmanes.caffeine;
    requires org.apache.commons.codec;
    requires org.slf4j;

    exports io.modelregistry;
    exports io.modelregistry.cache;
    exports io.modelregistry.deployment;
    exports io.modelregistry.event;
    exports io.modelregistry.lifecycle;
    exports io.modelregistry.maintenance;
    exports io.modelregistry.model;
    exports io.modelregistry.registry;
    exports io.modelregistry.serialization;
    exports io.modelregistry.storage;
    exports io.modelregistry.storage.memory;

    uses io.modelregistry.serialization.Serializer;
    uses io.modelregistry.storage.StorageNodeProvider;

    provides io.modelregistry.storage.StorageNodeProvider with
            io.modelregistry.storage.memory.MemoryStorageNodeProvider;
}
