package io.modelregistry.event;

import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Overlay;
import io.modelregistry.model.Principal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a {@link RegistryEvent} did, with the state before and after where there is one. */
public sealed interface Change {
    /**
     * A version became visible. The first one creates the model.
     *
     * @param version the version
     * @param sequence its number in the order of publication, from 1
     * @param manifest the digest of its manifest document
     * @param uploadedBy who registered it; the event's {@code by} is who published it, who may have met it half-done
     */
    record VersionPublished(ModelVersion version, long sequence, Digest manifest, Principal uploadedBy)
            implements Change {}

    /** Versions moved between stages, all at once; the one that was asked for is the first. */
    record StagesChanged(List<StageMove> moves) implements Change {
        /** Copies the list. */
        public StagesChanged {
            moves = List.copyOf(moves);
        }
    }

    /**
     * A version that had been in production came back, and what it replaced moved away; the one that came back is the
     * first.
     */
    record RolledBack(List<StageMove> moves) implements Change {
        /** Copies the list. */
        public RolledBack {
            moves = List.copyOf(moves);
        }
    }

    /** An alias was set or moved. */
    record AliasSet(Alias alias, Optional<ModelVersion> from, ModelVersion to) implements Change {}

    /** An alias was removed. */
    record AliasRemoved(Alias alias, ModelVersion from) implements Change {}

    /** The facts of the model were edited. */
    record FactsEdited(ModelFacts from, ModelFacts to) implements Change {}

    /** What is said of a version was edited. */
    record OverlayEdited(ModelVersion version, Overlay from, Overlay to) implements Change {}

    /** Something was attached to a version. */
    record Attached(ModelVersion version, Attachment attachment) implements Change {}

    /** The model was retired: it takes no new versions and no promotions. */
    record ModelRetired() implements Change {}

    /** The model was taken back into use. */
    record ModelRestored() implements Change {}

    /** Superseded pages of the version table are about to be deleted; nothing else changed. */
    record PagesCollected(int count) implements Change {}

    /**
     * One version's way from a stage to another.
     *
     * @param version the version
     * @param from where it was
     * @param to where it is now
     */
    record StageMove(ModelVersion version, Stage from, Stage to) {
        /** Checks for nulls. */
        public StageMove {
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }
    }
}
