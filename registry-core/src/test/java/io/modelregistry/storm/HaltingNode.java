package io.modelregistry.storm;

import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storm.KillPoint.When;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends the process, without any farewell, at the n-th write of a kind. */
final class HaltingNode extends ForwardingNode {
    /** The exit status of a process that ended here. */
    static final int HALTED = 42;

    private final Spot spot;
    private final AtomicInteger left;

    /**
     * Where a process ends.
     *
     * @param number at which write of this kind, from 1
     */
    record Spot(KillPoint point, When when, int number) {
        String text() {
            return point + "/" + when + "/" + number;
        }

        static Spot parse(String text) {
            String[] parts = text.split("/");
            return new Spot(KillPoint.valueOf(parts[0]), When.valueOf(parts[1]), Integer.parseInt(parts[2]));
        }
    }

    HaltingNode(StorageNode node, Spot spot) {
        super(node);
        this.spot = spot;
        this.left = new AtomicInteger(spot.number);
    }

    @Override
    public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
        boolean isHere = spot.point.isAt(key.value(), condition) && left.decrementAndGet() == 0;
        haltIf(isHere && spot.when == When.BEFORE);
        boolean isAmid = isHere && spot.when == When.AMID;
        try {
            return super.write(key, isAmid ? new EndingContent(content) : content, condition);
        } finally {
            haltIf(isHere); // also when it was refused
        }
    }

    private static void haltIf(boolean isHere) {
        if (isHere) {
            Runtime.getRuntime().halt(HALTED);
        }
    }

    /** A content whose second half nobody sees. */
    private record EndingContent(Content content) implements Content {
        @Override
        public long size() {
            return content.size();
        }

        @Override
        public InputStream open() throws IOException {
            byte[] bytes;
            try (InputStream in = content.open()) {
                bytes = in.readAllBytes();
            }
            return new ByteArrayInputStream(bytes, 0, bytes.length / 2) {
                @Override
                public int read(byte[] buffer, int offset, int length) {
                    int read = super.read(buffer, offset, length);
                    haltIf(read < 0);
                    return read;
                }
            };
        }
    }
}
