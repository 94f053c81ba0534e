package io.modelregistry.internal.document;

import io.modelregistry.model.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What heads of all kinds have in common: the revision, the event that led to it, byte for byte as it will stand in the
 * history, and the state.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HeadFrame(long revision, byte[] event, byte[] state, JsonObject document) {
    static byte[] encode(long revision, byte[] event, byte[] state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(event.length + state.length + 400);
        out.writeBytes("{\n\"format\":%s,\n\"revision\":%s,\n\"event\":"
                .formatted(Formats.CURRENT, revision)
                .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(event);
        out.writeBytes(",\n\"state\":".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(state);
        return Envelope.close(out);
    }

    static HeadFrame open(byte[] bytes) throws MalformedDocumentException {
        JsonText.Sliced sliced = Formats.openSliced(bytes);
        byte[] event = sliced.slices().getOrDefault("event", new byte[0]);
        byte[] state = sliced.slices().getOrDefault("state", new byte[0]);
        return new HeadFrame(sliced.document().number("revision"), event, state, sliced.document());
    }

    /** Checks that an event is the one that led to the state. */
    void check(long eventRevision, Digest eventState) throws MalformedDocumentException {
        if (eventRevision != revision) {
            throw new MalformedDocumentException(
                    "its event is of revision " + eventRevision + ", itself of " + revision);
        }
        if (!eventState.equals(Digest.sha256(state))) {
            throw new MalformedDocumentException("its event does not lead to its state");
        }
    }
}
