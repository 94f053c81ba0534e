package io.modelregistry.storage.proof;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Nodes that write wrongly. */
final class PlantedWriters {
    private PlantedWriters() {}

    private static byte[] read(Content content) throws IOException {
        try (InputStream stream = content.open()) {
            return stream.readAllBytes();
        }
    }

    /** What {@code Files.move} without options does: looks first, then renames over whatever is there by then. */
    static final class MovingCreate extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            if (!(condition instanceof WriteCondition.IfAbsent)) {
                return super.write(key, content, condition);
            }
            if (find(key).isPresent()) {
                return super.write(key, content, condition);
            }
            LockSupport.parkNanos(50_000);
            return super.write(key, content, WriteCondition.unconditional());
        }
    }

    /** Compares, then writes, and holds nothing in between. */
    static final class ComparingThenWriting extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            if (condition instanceof WriteCondition.IfMatches matches
                    && find(key).map(StoredObject::etag).equals(Optional.of(matches.etag()))) {
                LockSupport.parkNanos(50_000);
                return super.write(key, content, WriteCondition.unconditional());
            }
            return super.write(key, content, condition);
        }
    }

    /** Lets others see the first half. */
    static final class VisiblePartialWrite extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            if (condition instanceof WriteCondition.Unconditional) {
                int half = (int) content.size() / 2;
                Content start = Content.of(Arrays.copyOf(read(content), half));
                super.write(key, start, condition);
                LockSupport.parkNanos(50_000);
            }
            return super.write(key, content, condition);
        }
    }

    /** Says that it created, and keeps what was there. */
    static final class SilentCreate extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            Optional<StoredObject> present =
                    condition instanceof WriteCondition.IfAbsent ? find(key) : Optional.empty();
            return present.isPresent() ? present.get() : super.write(key, content, condition);
        }
    }

    /** Ignores conditions, as some S3 servers do. */
    static final class UnconditionalAlways extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            return super.write(key, content, WriteCondition.unconditional());
        }
    }

    /** Takes an update of nothing for a create. */
    static final class UpdatingNothing extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            boolean nothing =
                    condition instanceof WriteCondition.IfMatches && find(key).isEmpty();
            return super.write(key, content, nothing ? WriteCondition.unconditional() : condition);
        }
    }

    /** Stores what comes, whatever size was declared. */
    static final class AnySize extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            return super.write(key, Content.of(read(content)), condition);
        }
    }

    /** Leaves the beginning of a write that broke off. */
    static final class LeavingPieces extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            try {
                return super.write(key, content, condition);
            } catch (WriteConflictException e) {
                throw e;
            } catch (IOException e) {
                super.write(key, Content.of(new byte[1]), condition);
                throw e;
            }
        }
    }

    /** Minds when there is nothing to delete. */
    static final class DemandingDelete extends SoundNode {
        @Override
        public void delete(StorageKey key) throws IOException {
            if (find(key).isEmpty()) {
                throw new NoSuchKeyException(key, "Cannot delete '" + key + "': there is none", null);
            }
            super.delete(key);
        }
    }

    /** Takes a key for the beginning of keys. */
    static final class SweepingDelete extends SoundNode {
        @Override
        public void delete(StorageKey key) throws IOException {
            for (ListedObject object : all(KeyPrefix.ROOT)) {
                if (object.key().value().startsWith(key.value())) {
                    super.delete(object.key());
                }
            }
        }
    }

    /** Copies nothing into an empty object. */
    static final class CopyingNothing extends SoundNode {
        @Override
        public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
            return find(from).isPresent()
                    ? super.copy(from, to)
                    : write(to, Content.of(new byte[0]), WriteCondition.unconditional());
        }
    }

    /** Copies by remembering, so that later changes of the source show. */
    static final class FollowingCopy extends SoundNode {
        private final Map<StorageKey, StorageKey> sources = new ConcurrentHashMap<>();

        @Override
        public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
            StoredObject copied = super.copy(from, to);
            sources.put(to, from);
            return copied;
        }

        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            StoredObject written = super.write(key, content, condition);
            for (Map.Entry<StorageKey, StorageKey> copy : sources.entrySet()) {
                if (copy.getValue().equals(key)) {
                    super.copy(key, copy.getKey());
                }
            }
            return written;
        }
    }

    /** Refuses without a word about the key. */
    static final class Taciturn extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            try {
                return super.write(key, content, condition);
            } catch (WriteConflictException e) {
                throw new WriteConflictException(key, "the condition did not hold", e);
            }
        }
    }

    /** Refuses with the wrong kind of error. */
    static final class Unspecific extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            try {
                return super.write(key, content, condition);
            } catch (WriteConflictException e) {
                throw new StorageException(key, e.getMessage(), e);
            }
        }
    }
}
