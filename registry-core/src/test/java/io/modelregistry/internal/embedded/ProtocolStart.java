package io.modelregistry.internal.embedded;

import io.modelregistry.internal.embedded.ProtocolClient.Patience;
import io.modelregistry.internal.schedule.Faults;
import io.modelregistry.internal.schedule.Interleaving;
import io.modelregistry.internal.schedule.Replay;
import io.modelregistry.internal.schedule.Trace;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** The store as it is when the clients of a program begin; made once, copied for each interleaving. */
final class ProtocolStart {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final int FIRST_CLIENT = 90;

    private final ProtocolAudit audit = new ProtocolAudit(ProtocolClient.MODEL);

    ProtocolStart(ProtocolProgram program) {
        Interleaving alone = new Interleaving(
                new InMemoryStorageNode(CLOCK),
                audit,
                new Replay(List.of()),
                Faults.NONE,
                new Trace(Trace.Detail.NUMBER));
        ProtocolClient client = new ProtocolClient(
                FIRST_CLIENT, new ProtocolClient.Scene(alone, audit), Patience.ENDLESS, ProtocolParts.STANDARD);
        client.ensureRegistry();
        client.play(program.before());
    }

    /** A store with these objects. */
    InMemoryStorageNode store() {
        InMemoryStorageNode store = new InMemoryStorageNode(CLOCK);
        try {
            for (Map.Entry<String, byte[]> object : audit.objects().entrySet()) {
                store.write(
                        StorageKey.of(object.getKey()), Content.of(object.getValue()), WriteCondition.unconditional());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return store;
    }

    /** What is known of it. */
    ProtocolAudit audit() {
        return new ProtocolAudit(audit);
    }
}
