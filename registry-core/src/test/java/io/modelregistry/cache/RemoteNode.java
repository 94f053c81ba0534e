package io.modelregistry.cache;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StorageUnreachableException;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store that is not on this host: it writes down its requests, and can be unplugged. */
final class RemoteNode extends ForwardingNode {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile @Nullable IOException unplugged;
    private volatile UnaryOperator<InputStream> transfer = UnaryOperator.identity();

    RemoteNode(StorageNode node) {
        super(node);
    }

    /** What was asked since the last call: {@code read}, {@code same}, {@code find}, {@code list} or {@code write}. */
    List<String> requests() {
        List<String> taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    /** From now on no call is answered. */
    void unplug() {
        unplug(new StorageUnreachableException(null, "no route to the store", null));
    }

    void unplug(IOException failure) {
        unplugged = failure;
    }

    void plug() {
        unplugged = null;
    }

    /** Changes what is transferred from now on. */
    void transfer(UnaryOperator<InputStream> change) {
        transfer = change;
    }

    /** Transfers at most so many bytes of each object, and then fails. */
    void cutAfter(int bytes) {
        transfer = in -> new FilterInputStream(in) {
            private int left = bytes;

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("connection reset");
                }
                int read = super.read(buffer, offset, Math.min(left, length));
                left -= Math.max(read, 0);
                return read;
            }
        };
    }

    private void asked(String what) throws IOException {
        IOException failure = unplugged;
        if (failure != null) {
            requests.add("unanswered");
            throw failure;
        }
        requests.add(what);
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        IOException failure = unplugged;
        if (failure != null) {
            asked("");
        }
        Optional<OpenObject> opened = super.open(key, range, unlessEtag);
        requests.add((opened.isPresent() ? "read " : "same ") + key);
        return opened.map(object -> new OpenObject(object.object(), transfer.apply(object.stream())));
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        asked("find " + key);
        return super.find(key);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        asked("write " + key);
        return super.write(key, content, condition);
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        asked("list " + prefix);
        return super.list(prefix, startAfter, limit);
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        asked("list " + prefix);
        return super.listFolders(prefix, startAfter, limit);
    }
}
