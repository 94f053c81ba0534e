package io.modelregistry.internal.schedule;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store as one client of an {@link Interleaving} sees it. */
final class ScheduledNode implements StorageNode {
    private final Interleaving interleaving;
    private final StorageNode store;
    private final int client;

    ScheduledNode(Interleaving interleaving, StorageNode store, int client) {
        this.interleaving = interleaving;
        this.store = store;
        this.client = client;
    }

    /** A call that only reads. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> T read(StorageKey key, Reading<T> reading) throws IOException {
        Request.Read request = new Request.Read(key);
        failIf(interleaving.arrive(client, request), request);
        try {
            T result = reading.read();
            interleaving.trace().read(client, request, "");
            return result;
        } catch (IOException e) {
            interleaving.trace().read(client, request, e.getClass().getSimpleName());
            throw e;
        }
    }

    private void failIf(Choice.Kind how, Request request) throws StorageException {
        if (how == Choice.Kind.FAIL) {
            interleaving.trace().fault(client, how);
            interleaving.trace().add(client, request.toString(), "fails");
            throw new StorageException(null, "Cannot do " + request + ": the store is busy, expected it to work", null);
        }
    }

    private <T> List<T> list(KeyPrefix prefix, Reading<List<T>> reading) throws IOException {
        Request.Listing request = new Request.Listing(prefix.value());
        failIf(interleaving.arrive(client, request), request);
        List<T> found = reading.read();
        interleaving.trace().listed(client, request, found.size() + " entries");
        return found;
    }

    @Override
    public Optional<StoredObject> find(StorageKey key) throws IOException {
        return read(key, () -> store.find(key));
    }

    @Override
    public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag) throws IOException {
        return read(key, () -> store.open(key, range, unlessEtag));
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        byte[] bytes;
        try (InputStream stream = content.open()) {
            bytes = stream.readAllBytes();
        }
        return change(new Request.Write(key, bytes, condition)).orElseThrow();
    }

    @Override
    public void delete(StorageKey key) throws IOException {
        change(new Request.Delete(key));
    }

    private Optional<StoredObject> change(Request.Change change) throws IOException {
        Choice.Kind how = interleaving.arrive(client, change);
        failIf(how, change);
        Trace trace = interleaving.trace();
        if (how != Choice.Kind.STEP) {
            trace.fault(client, how);
        }
        if (how.leavesCopy()) {
            interleaving.leave(change);
        }
        if (!how.isApplied()) {
            trace.add(client, change.toString(), "not done, no reply (" + how + ")");
            throw unanswered(change);
        }
        Optional<StoredObject> stored;
        try {
            stored = interleaving.apply(client, change);
        } catch (IOException e) {
            trace.refused(client, change, e.getClass().getSimpleName() + " (" + how + ")");
            throw how.isUnanswered() ? unanswered(change) : e;
        }
        if (how.isUnanswered()) {
            trace.add(client, change.toString(), "no reply (" + how + ")");
            throw unanswered(change);
        }
        return stored;
    }

    private static WriteOutcomeUnknownException unanswered(Request.Change change) {
        StorageKey key = change.key();
        return new WriteOutcomeUnknownException(
                key, "Cannot tell whether '" + key + "' was written: no reply, expected one", null);
    }

    @Override
    public List<ListedObject> list(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        return list(prefix, () -> store.list(prefix, startAfter, limit));
    }

    @Override
    public List<String> listFolders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        return list(prefix, () -> store.listFolders(prefix, startAfter, limit));
    }

    @Override
    public StoredObject copy(StorageKey from, StorageKey to) throws IOException {
        throw new UnsupportedOperationException("Copies inside the store are not scheduled");
    }

    @Override
    public long maxConditionalSize() {
        return store.maxConditionalSize();
    }

    @Override
    public void close() {
        // The store belongs to the interleaving.
    }
}
