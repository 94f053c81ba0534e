package io.modelregistry.internal.document;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.Principal;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** The bytes of a {@link VersionDocument}. */
public final class VersionDocumentCodec {
    private VersionDocumentCodec() {}

    /** The bytes, which are a function of the value. */
    public static byte[] encode(VersionDocument document) {
        return JsonText.document(json -> write(json, document));
    }

    /** The value. */
    public static VersionDocument decode(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        long revision = json.number("revision");
        String operation = json.text("operation");
        String state = json.text("state");
        switch (state) {
            case "claimed" -> {
                Optional<Digest> content = json.findValue("content", Digest::parse);
                return new VersionDocument.Claimed(
                        revision, operation, content, json.value("by", Principal::parse), json.instant("at"));
            }
            case "void" -> {
                Principal by = json.value("by", Principal::parse);
                Instant at = json.instant("at");
                return new VersionDocument.Voided(revision, operation, by, at);
            }
            case "sealed" -> {
                Manifest manifest = ManifestCodec.read(json.object("manifest"));
                return new VersionDocument.Sealed(
                        revision, operation, json.text("folder"), manifest, json.textOr("reason", ""));
            }
            default -> throw json.wrong("state", "claimed, void or sealed");
        }
    }

    private static void write(JsonGenerator json, VersionDocument document) throws IOException {
        json.writeStartObject();
        json.writeNumberField("format", Formats.CURRENT);
        json.writeNumberField("revision", document.revision());
        json.writeStringField("operation", document.operation());
        if (document instanceof VersionDocument.Claimed claimed) {
            json.writeStringField("state", "claimed");
            if (claimed.content().isPresent()) {
                json.writeStringField("content", claimed.content().get().toString());
            }
            json.writeStringField("by", claimed.by().toString());
            json.writeStringField("at", claimed.at().toString());
        } else if (document instanceof VersionDocument.Voided voided) {
            json.writeStringField("state", "void");
            json.writeStringField("by", voided.by().toString());
            json.writeStringField("at", voided.at().toString());
        } else if (document instanceof VersionDocument.Sealed sealed) {
            json.writeStringField("state", "sealed");
            json.writeStringField("folder", sealed.folder());
            ValueCodec.text(json, "reason", sealed.reason());
            json.writeFieldName("manifest");
            ManifestCodec.write(json, sealed.manifest());
        }
        json.writeEndObject();
    }
}
