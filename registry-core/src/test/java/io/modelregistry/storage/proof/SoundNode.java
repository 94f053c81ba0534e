package io.modelregistry.storage.proof;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes every call on to the reference node; each planted node spoils one of them. */
class SoundNode implements StorageNode {
    final StorageNode sound = new InMemoryStorageNode();

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        return sound.find(key);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        return sound.open(key, range, unlessEtag);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        return sound.write(key, content, condition);
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        sound.delete(key);
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        return sound.list(prefix, startAfter, limit);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        return sound.listFolders(prefix, startAfter, limit);
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        return sound.copy(from, to);
    }

    @Override
    public long maxConditionalSize() {
        return sound.maxConditionalSize();
    }

    @Override
    public void close() {
        sound.close();
    }

    /** Everything below a folder. */
    List<ListedObject> all(KeyPrefix prefix) throws IOException {
        return sound.list(prefix, null, 100_000);
    }
}
