package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.RegistryDocumentCodec;
import io.modelregistry.internal.document.RegistryDocumentCodec.Content;
import io.modelregistry.internal.store.KeptDocuments;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The document that says what the store is. It is written before the first change of a registry, never by opening one,
 * and read when one is opened.
 */
final class RegistryDocument {
    private final StorageNode node;
    private final Environment environment;
    private volatile boolean present;
    private volatile boolean durable;

    RegistryDocument(StorageNode node, Environment environment) {
        this.node = node;
        this.environment = environment;
    }

    /** Refuses a store of a newer format, or one that asks for protections that were not wired. */
    void check() {
        try {
            try {
                present = read().isPresent();
            } catch (IOException e) {
                present = lastKnown(e);
            }
        } catch (IOException e) {
            throw StoreErrors.of("open the registry", e);
        }
    }

    private boolean lastKnown(IOException failed) throws IOException {
        if (!KeptDocuments.isOffline(failed)) {
            throw failed;
        }
        try (OpenObject opened =
                KeptDocuments.lastKnown(node, ModelKeys.REGISTRY).orElseThrow(() -> failed)) {
            checked(opened.stream().readAllBytes());
            return true;
        }
    }

    /** Writes the document if it is not there; what somebody else wrote need not be durable yet. */
    void ensure() {
        if (durable) {
            return;
        }
        Content content =
                new Content(environment.ids().get(), environment.clock().instant(), List.of());
        try {
            if (!present && read().isEmpty()) {
                write(content);
            }
            node.ensureDurable(ModelKeys.REGISTRY);
        } catch (IOException e) {
            throw StoreErrors.of("create the registry", e);
        }
        durable = true;
    }

    private void write(Content content) throws IOException {
        try {
            node.write(
                    ModelKeys.REGISTRY,
                    io.modelregistry.storage.Content.of(RegistryDocumentCodec.encode(content)),
                    WriteCondition.ifAbsent());
        } catch (WriteConflictException | WriteOutcomeUnknownException e) {
            if (read().isEmpty()) {
                throw e;
            }
        }
    }

    private Optional<Content> read() throws IOException {
        byte[] bytes;
        try {
            bytes = node.readAll(ModelKeys.REGISTRY);
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
        return Optional.of(checked(bytes));
    }

    private static Content checked(byte[] bytes) {
        Content content = StoreErrors.decode(ModelKeys.REGISTRY, bytes, RegistryDocumentCodec::decode);
        if (!content.requires().isEmpty()) {
            throw new UnsupportedFormatException(
                    ModelKeys.REGISTRY.value(),
                    "the registry requires " + content.requires(),
                    "a registry that was opened with these protections");
        }
        return content;
    }
}
