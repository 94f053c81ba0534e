package io.modelregistry.registry;

import io.modelregistry.lifecycle.Attachment;
import java.io.InputStream;
import java.util.List;

/** What was attached to one version. */
public interface Attaching {
    /** The attachments, in the order they were added. */
    List<Attachment> all();

    /**
     * Attaches something, in one commit. The same content of the same kind is attached once.
     *
     * @param kind what it is, such as {@code evaluation}
     * @param mediaType the type of the content, such as {@code application/json}
     * @param content at most {@value #MAX_BYTES} bytes
     */
    Attachment add(String kind, String mediaType, byte[] content);

    /** Streams an attachment; its digest is checked as by {@link Artifacts#open}. */
    InputStream open(Attachment attachment);

    /** The longest attachment in bytes. */
    int MAX_BYTES = 64 << 20;
}
