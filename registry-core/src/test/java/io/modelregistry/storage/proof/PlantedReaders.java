package io.modelregistry.storage.proof;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Nodes that read or list wrongly. */
final class PlantedReaders {
    private PlantedReaders() {}

    private abstract static class OtherEtags extends SoundNode {
        abstract StoredObject marked(StoredObject object);

        @Override
        public Optional<StoredObject> find(StorageKey key) throws IOException {
            return super.find(key).map(this::marked);
        }

        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            if (find(key).map(StoredObject::etag).equals(Optional.ofNullable(unlessEtag))) {
                return Optional.empty();
            }
            return super.open(key, range, null).map(open -> new OpenObject(marked(open.object()), open.stream()));
        }

        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            if (condition instanceof WriteCondition.IfMatches matches
                    && find(key).map(StoredObject::etag).equals(Optional.of(matches.etag()))) {
                return marked(super.write(key, content, WriteCondition.unconditional()));
            }
            return marked(super.write(key, content, condition));
        }
    }

    /** Has one etag for all. */
    static final class ConstantEtag extends OtherEtags {
        @Override
        StoredObject marked(StoredObject object) {
            return new StoredObject(object.key(), object.size(), "etag", object.lastModified());
        }
    }

    /** Makes the etag of the size and of a time that is too coarse. */
    static final class CoarseEtag extends OtherEtags {
        @Override
        StoredObject marked(StoredObject object) {
            String etag = object.size() + "-" + object.lastModified().getEpochSecond() / 10;
            return new StoredObject(object.key(), object.size(), etag, object.lastModified());
        }
    }

    /** Returns another etag from a write than from a find. */
    static final class WriteEtagOfItsOwn extends SoundNode {
        @Override
        public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
            StoredObject written = super.write(key, content, condition);
            return new StoredObject(key, written.size(), "w" + written.etag(), written.lastModified());
        }
    }

    /** Streams one byte too many at the end of a bounded range. */
    static final class RangeOffByOne extends SoundNode {
        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            ByteRange longer = range instanceof ByteRange.Bounded bounded
                    ? ByteRange.of(bounded.offset(), bounded.length() + 1)
                    : range;
            return super.open(key, longer, unlessEtag);
        }
    }

    /** Reads on in whatever generation is there. */
    static final class MixedGenerations extends SoundNode {
        @Override
        public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            Optional<OpenObject> opened = super.open(key, range, unlessEtag);
            return opened.map(open -> new OpenObject(open.object(), new InputStream() {
                private long position = range.startIn(open.object().size());
                private final long end = position + range.lengthIn(open.object().size());

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int most = (int) Math.min(length, Math.min(end - position, 8_192));
                    try (OpenObject present =
                            sound.open(key, ByteRange.of(position, most), null).orElseThrow()) {
                        int read = present.stream().readNBytes(buffer, offset, most);
                        position += read;
                        return read == 0 && length > 0 ? -1 : read;
                    }
                }
            }));
        }
    }

    /** Never closes. */
    static final class Immortal extends SoundNode {
        @Override
        public void close() {}
    }

    /** Takes a prefix for text. */
    static final class SegmentBlindPrefix extends SoundNode {
        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            List<ListedObject> all = new ArrayList<>(sound.list(KeyPrefix.ROOT, startAfter, 100_000));
            all.removeIf(object -> !object.key().value().startsWith(prefix.value()));
            return all.subList(0, Math.min(limit, all.size()));
        }
    }

    /** Begins with the key that it should begin behind. */
    static final class InclusiveStart extends SoundNode {
        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            List<ListedObject> all = new ArrayList<>(all(prefix));
            all.removeIf(object -> startAfter != null && object.key().compareTo(startAfter) < 0);
            return all.subList(0, Math.min(limit, all.size()));
        }
    }

    /** Begins at the beginning when the key to begin behind does not exist. */
    static final class ExistingStartOnly extends SoundNode {
        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            boolean exists = startAfter != null && find(startAfter).isPresent();
            return super.list(prefix, exists ? startAfter : null, limit);
        }
    }

    /** Walks folders in the order of their names, in which {@code a/x} comes before {@code a-b/x}. */
    static final class SlashBlindOrder extends SoundNode {
        private static final Comparator<ListedObject> BY_SEGMENT = Comparator.comparing(
                (ListedObject object) -> object.key().value().replace('/', '\u0001'));

        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            List<ListedObject> all = new ArrayList<>(super.list(prefix, startAfter, 100_000));
            all.sort(BY_SEGMENT);
            return all.subList(0, Math.min(limit, all.size()));
        }
    }

    /** Ends a page early. */
    static final class ShortPages extends SoundNode {
        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            return super.list(prefix, startAfter, Math.min(limit, 500));
        }
    }

    /** Shows a listing of a while ago. */
    static final class StaleListing extends SoundNode {
        private List<ListedObject> before = List.of();

        @Override
        public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit)
                throws IOException {
            List<ListedObject> shown = before;
            before = super.list(prefix, startAfter, limit);
            return shown;
        }
    }

    /** Lists folders in the order of their names alone. */
    static final class FoldersByName extends SoundNode {
        @Override
        public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
            String[] names = super.listFolders(prefix, null, 100_000).toArray(String[]::new);
            Arrays.sort(names);
            return Arrays.stream(names)
                    .filter(name -> startAfter == null || name.compareTo(startAfter) > 0)
                    .limit(limit)
                    .toList();
        }
    }

    /** Lists a folder once for each of its objects. */
    static final class FoldersTwice extends SoundNode {
        @Override
        public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
            List<String> names = new ArrayList<>();
            for (ListedObject object : all(prefix)) {
                String path = prefix.relativize(object.key());
                String name = path.substring(0, Math.max(0, path.indexOf('/')));
                if (!name.isEmpty() && (startAfter == null || (name + "/").compareTo(startAfter + "/") > 0)) {
                    names.add(name);
                }
            }
            return names.subList(0, Math.min(limit, names.size()));
        }
    }
}
