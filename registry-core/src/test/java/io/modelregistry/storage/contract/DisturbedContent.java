package io.modelregistry.storage.contract;

import io.modelregistry.storage.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A pattern that may have another size than it declares, and that does something when half of it was read. */
public final class DisturbedContent implements Content {
    private final long declared;
    private final long actual;
    private final Disturbance disturbance;

    /** Undisturbed content with a declared and an actual size. */
    public DisturbedContent(long declared, long actual) {
        this(declared, actual, () -> {});
    }

    private DisturbedContent(long declared, long actual, Disturbance disturbance) {
        this.declared = declared;
        this.actual = actual;
        this.disturbance = disturbance;
    }

    /** The same content with something that happens between its halves. */
    public DisturbedContent disturbedBy(Disturbance happening) {
        return new DisturbedContent(declared, actual, happening);
    }

    @Override
    public long size() {
        return declared;
    }

    @Override
    public InputStream open() {
        return new FilterInputStream(new PatternContent(17, actual).open()) {
            private long untilDisturbed = actual / 2;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int most = untilDisturbed > 0 ? (int) Math.min(length, untilDisturbed) : length;
                int read = super.read(buffer, offset, most);
                if (untilDisturbed > 0) {
                    untilDisturbed -= Math.max(0, read);
                    if (untilDisturbed == 0) {
                        disturbance.happen();
                    }
                }
                return read;
            }
        };
    }

    /** What happens in the middle. */
    @FunctionalInterface
    public interface Disturbance {
        /** Happens. */
        void happen() throws IOException;
    }
}
