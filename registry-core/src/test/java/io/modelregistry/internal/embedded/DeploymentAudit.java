package io.modelregistry.internal.embedded;

import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.internal.document.DeploymentCodec;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.schedule.StoreAudit;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.StorageKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Watches every write that takes effect: heads go on one revision at a time, events are those of the heads. */
final class DeploymentAudit implements StoreAudit {
    private static final DeploymentKeys KEYS = DeploymentKeys.of(DeploymentName.parse("d"));

    private final List<DeploymentCodec.Head> heads = new ArrayList<>();

    List<DeploymentEvent> events() {
        return heads.stream().map(head -> head.entry().event()).toList();
    }

    /** At which revisions a call has committed. */
    List<Long> revisionsOf(String operation) {
        return events().stream()
                .filter(event -> event.operation().equals(operation))
                .map(DeploymentEvent::revision)
                .toList();
    }

    @Override
    public void written(StorageKey key, byte[] bytes) {
        if (key.equals(KEYS.head())) {
            committed(bytes);
        } else if (KEYS.history().contains(key)) {
            long revision = KEYS.revision(key).orElseThrow();
            check(
                    revision <= heads.size()
                            && Arrays.equals(heads.get((int) revision - 1).eventBytes(), bytes),
                    "an event that no head carried was kept as " + key);
        }
    }

    private void committed(byte[] bytes) {
        try {
            DeploymentCodec.Head head = DeploymentCodec.decode(bytes);
            check(head.revision() == heads.size() + 1, "revision " + head.revision() + " follows " + heads.size());
            Optional<Digest> previous = heads.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Digest.sha256(heads.get(heads.size() - 1).eventBytes()));
            check(head.entry().previous().equals(previous), "revision " + head.revision() + " is not chained");
            heads.add(head);
        } catch (MalformedDocumentException e) {
            throw new IllegalStateException("A head was written that cannot be read", e);
        }
    }

    @Override
    public void deleted(StorageKey key) {
        throw new PropertyViolation("deployment", key + " was deleted");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new PropertyViolation("deployment", what);
        }
    }
}
