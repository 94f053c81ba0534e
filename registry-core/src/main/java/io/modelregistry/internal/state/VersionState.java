package io.modelregistry.internal.state;

import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Overlay;
import java.util.ArrayList;
import java.util.List;

/**
 * What may change of a published version.
 *
 * @param stage where it stands
 * @param since the revision that moved it there; 0 if it never moved
 * @param leftProduction the revision at which it left production last; 0 if it never did
 * @param overlay what is said of it
 * @param attachments in the order they were added
 */
public record VersionState(
        Stage stage, long since, long leftProduction, Overlay overlay, List<Attachment> attachments) {
    /** Copies the list. */
    public VersionState {
        attachments = List.copyOf(attachments);
    }

    /** A version that was just published. */
    public static VersionState initial(Stage stage) {
        return new VersionState(stage, 0, 0, Overlay.EMPTY, List.of());
    }

    /** The same in another stage. */
    public VersionState movedTo(Stage to, long revision) {
        long left = stage.equals(Stage.PRODUCTION) ? revision : leftProduction;
        return new VersionState(to, revision, left, overlay, attachments);
    }

    /** The same with another overlay. */
    public VersionState with(Overlay other) {
        return new VersionState(stage, since, leftProduction, other, attachments);
    }

    /** The same with one more attachment. */
    public VersionState with(Attachment attachment) {
        List<Attachment> more = new ArrayList<>(attachments);
        more.add(attachment);
        return new VersionState(stage, since, leftProduction, overlay, more);
    }
}
