package io.modelregistry.internal.schedule;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.Optional;

/** A call of the store that a client is about to make. */
sealed interface Request {
    /** A read of one key. */
    record Read(StorageKey key) implements Request {}

    /** A read of all keys below a prefix. */
    record Listing(String prefix) implements Request {}

    /** A call that changes the store, and can be made again from what is known here. */
    sealed interface Change extends Request {
        /** The key that changes. */
        StorageKey key();

        /** Makes the change; the facts of what was written, if something was. */
        Optional<StoredObject> applyTo(StorageNode store) throws IOException;
    }

    /** A write. */
    record Write(StorageKey key, byte[] bytes, WriteCondition condition) implements Change {
        @Override
        public Optional<StoredObject> applyTo(StorageNode store) throws IOException {
            return Optional.of(store.write(key, Content.of(bytes), condition));
        }

        @Override
        public String toString() {
            String when = condition instanceof WriteCondition.Unconditional
                    ? ""
                    : condition instanceof WriteCondition.IfAbsent ? " if absent" : " if unchanged";
            return "write " + key + when;
        }
    }

    /** A delete. */
    record Delete(StorageKey key) implements Change {
        @Override
        public Optional<StoredObject> applyTo(StorageNode store) throws IOException {
            store.delete(key);
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "delete " + key;
        }
    }
}
