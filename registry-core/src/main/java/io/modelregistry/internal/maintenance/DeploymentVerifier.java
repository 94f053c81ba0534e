package io.modelregistry.internal.maintenance;

import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.internal.document.DeploymentCodec;
import io.modelregistry.internal.document.DeploymentCodec.Head;
import io.modelregistry.internal.document.DeploymentEventCodec;
import io.modelregistry.internal.document.DeploymentEventCodec.Entry;
import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.internal.document.InstanceStatusCodec;
import io.modelregistry.internal.maintenance.Inspection.Look;
import io.modelregistry.internal.maintenance.Inspection.Outcome;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Checks one deployment: its head, the history that led to it, and everything else that lies in its folder. */
final class DeploymentVerifier {
    private final Inspection inspection;
    private final DeploymentKeys keys;
    private String etag = "";
    private boolean hasEvents;

    DeploymentVerifier(Inspection inspection, DeploymentKeys keys) {
        this.inspection = inspection;
        this.keys = keys;
    }

    void verify() throws IOException {
        Look look = inspection.look(keys.head());
        etag = look.etag();
        Optional<Head> head = look.outcome() == Outcome.PRESENT
                ? inspection.decode(keys.head(), look.bytes(), DeploymentCodec::decode)
                : Optional.empty();
        if (head.isPresent()) {
            history(head.get());
        }
        Listings.objects(inspection.node(), keys.root(), object -> {
            met(object.key(), head);
            return true;
        });
        if (look.outcome() == Outcome.ABSENT && hasEvents) {
            inspection.report(keys.head(), Kind.MISSING, "it is missing, and there is a history: it was lost");
        }
    }

    /** The events that led to a head, each behind the one before it. */
    private void history(Head head) throws IOException {
        Optional<Digest> previous = Optional.empty();
        boolean isKnown = true;
        for (long revision = 1; revision <= head.revision(); revision++) {
            boolean isLast = revision == head.revision();
            StorageKey key = isLast ? keys.head() : keys.history(revision);
            Optional<byte[]> bytes = isLast
                    ? Optional.of(head.eventBytes())
                    : inspection.read(key, "the deployment is at revision " + head.revision());
            Optional<Entry> entry = bytes.flatMap(found -> inspection.decode(key, found, DeploymentEventCodec::decode));
            if (bytes.isEmpty() || entry.isEmpty()) {
                isKnown = false;
                continue;
            }
            if (isKnown && !entry.get().previous().equals(previous)) {
                inspection.report(key, Kind.DAMAGED, "it does not follow the event before it");
            }
            check(key, entry.get().event(), revision);
            previous = Optional.of(Digest.sha256(bytes.get()));
            isKnown = true;
        }
    }

    private void check(StorageKey key, DeploymentEvent event, long revision) {
        boolean isIt = event.revision() == revision && event.deployment().equals(keys.name());
        if (!isIt) {
            inspection.report(
                    key,
                    Kind.DAMAGED,
                    "it is the event of revision " + event.revision() + " of deployment '" + event.deployment()
                            + "', expected revision " + revision);
        }
    }

    private void met(StorageKey key, Optional<Head> head) throws IOException {
        if (key.equals(keys.head())) {
            return;
        }
        Optional<String> instance = keys.instance(key);
        Optional<Long> revision = keys.revision(key);
        if (instance.isPresent()) {
            status(key, instance.get());
        } else if (revision.isPresent()) {
            hasEvents = true;
            if (head.isPresent() && revision.get() >= head.get().revision()) {
                notReplacedYet(key, revision.get(), head.get());
            }
        } else {
            inspection.report(key, Kind.FOREIGN, "it is no document of a deployment");
        }
    }

    private void status(StorageKey key, String instance) throws IOException {
        Look look = inspection.look(key);
        if (look.outcome() == Outcome.PRESENT) {
            inspection
                    .decode(key, look.bytes(), InstanceStatusCodec::decode)
                    .filter(status -> !status.instance().equals(instance))
                    .ifPresent(status -> inspection.report(
                            key, Kind.DAMAGED, "it is the status of instance '" + status.instance() + "'"));
        }
    }

    /** The event of the present head is there when a change was begun; none behind it can be. */
    private void notReplacedYet(StorageKey key, long revision, Head head) throws IOException {
        Look look = inspection.look(key);
        if (revision > head.revision()) {
            inspection.report(key, Kind.DAMAGED, "the deployment is at revision " + head.revision());
        } else if (look.outcome() == Outcome.PRESENT && !Arrays.equals(look.bytes(), head.eventBytes())) {
            inspection.report(key, Kind.DAMAGED, "it is not the event that the head carries");
        }
    }

    /** Whether the head was replaced since it was looked at. */
    boolean hasMovedOn() throws IOException {
        try {
            return !inspection
                    .node()
                    .find(keys.head())
                    .map(StoredObject::etag)
                    .orElse("")
                    .equals(etag);
        } catch (StorageClosedException e) {
            throw e;
        } catch (IOException e) {
            return !etag.isEmpty(); // Else it could not be read before either, which was reported.
        }
    }
}
