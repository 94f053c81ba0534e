package io.modelregistry.internal.document;

import java.time.Instant;
import java.util.List;

/** The bytes of the document that says what a store is. */
public final class RegistryDocumentCodec {
    private RegistryDocumentCodec() {}

    /**
     * What it says.
     *
     * @param id the unique id of the registry
     * @param createdAt when its first change was made
     * @param requires the names of the protections without which it must not be used
     */
    public record Content(String id, Instant createdAt, List<String> requires) {
        /** Copies the list. */
        public Content {
            requires = List.copyOf(requires);
        }
    }

    /** The bytes, which are a function of the value. */
    public static byte[] encode(Content content) {
        return JsonText.document(json -> {
            json.writeStartObject();
            json.writeNumberField("format", Formats.CURRENT);
            json.writeStringField("id", content.id());
            json.writeStringField("createdAt", content.createdAt().toString());
            ValueCodec.texts(json, "requires", content.requires());
            json.writeEndObject();
        });
    }

    /** The value. */
    public static Content decode(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        return new Content(json.text("id"), json.instant("createdAt"), json.texts("requires"));
    }
}
