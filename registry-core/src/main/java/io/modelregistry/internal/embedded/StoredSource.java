package io.modelregistry.internal.embedded;

import io.modelregistry.internal.commit.UploadFile;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.registry.ArtifactSource;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A file as it was uploaded, for finding out what it is: the host may have changed its own since. That the store cannot
 * be read is the store's failure, not that of the file.
 */
final class StoredSource extends FilterInputStream {
    private final String action;

    private StoredSource(InputStream in, String action) {
        super(in);
        this.action = action;
    }

    /** The file at a key; if it was collected meanwhile, the host's, which is going to be uploaded again. */
    static ArtifactSource of(StorageNode node, StorageKey key, UploadFile file) {
        String action = "read the uploaded file '" + key + "'";
        return new ArtifactSource(file.path(), file.source().kind(), file.size(), () -> {
            try {
                return new StoredSource(node.open(key).stream(), action);
            } catch (NoSuchKeyException e) {
                return file.source().opener().open();
            } catch (IOException e) {
                throw StoreErrors.of(action, e);
            }
        });
    }

    @Override
    public int read() {
        try {
            return super.read();
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        try {
            return super.read(buffer, offset, length);
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }

    @Override
    public long skip(long count) {
        try {
            return super.skip(count);
        } catch (IOException e) {
            throw StoreErrors.of(action, e);
        }
    }
}
