package io.modelregistry.registry;

import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Overlay;
import java.util.List;
import java.util.Objects;

/**
 * A published version: its sealed manifest, and what was said and attached since, as of one revision of the model.
 *
 * @param summary its identity and stage
 * @param manifest what was sealed
 * @param overlay what is said of it since
 * @param attachments in the order they were added
 * @param revision the revision of the model that this was read at
 */
public record RegisteredVersion(
        VersionSummary summary, Manifest manifest, Overlay overlay, List<Attachment> attachments, long revision) {
    /** Copies the list. */
    public RegisteredVersion {
        Objects.requireNonNull(summary, "summary");
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(overlay, "overlay");
        attachments = List.copyOf(attachments);
    }

    /** The model. */
    public ModelName name() {
        return summary.name();
    }

    /** The version. */
    public ModelVersion version() {
        return summary.version();
    }

    /** Where it stands. */
    public Stage stage() {
        return summary.stage();
    }

    /** The exact reference of the version. */
    public ModelRef ref() {
        return summary.ref();
    }
}
