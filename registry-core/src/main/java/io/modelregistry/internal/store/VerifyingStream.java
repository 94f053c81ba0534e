package io.modelregistry.internal.store;

import io.modelregistry.model.Digest;
import io.modelregistry.registry.CorruptionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Checks length and digest of a stream while it is read; a stream that is not what was sealed fails instead of ending.
 */
public final class VerifyingStream extends FilterInputStream {
    private final String key;
    private final long size;
    private final Digest digest;
    private final Digest.Hasher hasher = Digest.hasher();
    private boolean verified;
    private @Nullable CorruptionException damage;

    /** Checks a stream that is to be an object as it was sealed. */
    public VerifyingStream(InputStream in, String key, long size, Digest digest) {
        super(in);
        this.key = key;
        this.size = size;
        this.digest = digest;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (verified) {
            return -1;
        }
        if (damage != null) {
            throw new IOException(damage.getMessage(), damage);
        }
        int read = in.read(buffer, offset, length);
        if (read > 0) {
            hasher.update(buffer, offset, read);
            if (hasher.size() > size) {
                throw damaged("it is longer than the " + size + " bytes that were sealed");
            }
        } else if (read < 0) {
            check();
        }
        return read;
    }

    private void check() throws IOException {
        if (hasher.size() != size) {
            throw damaged("it has " + hasher.size() + " bytes, and was sealed with " + size);
        }
        Digest found = hasher.finish();
        if (!found.equals(digest)) {
            throw damaged("its digest is " + found + ", and it was sealed with " + digest);
        }
        verified = true;
    }

    private IOException damaged(String why) {
        CorruptionException damaged = new CorruptionException(key, why, null);
        damage = damaged;
        return new IOException(damaged.getMessage(), damaged);
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.min(Math.max(count, 0), 8192)];
        long done = 0;
        while (done < count) {
            int read = read(skipped, 0, (int) Math.min(skipped.length, count - done));
            if (read < 0) {
                break;
            }
            done += read;
        }
        return done;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
