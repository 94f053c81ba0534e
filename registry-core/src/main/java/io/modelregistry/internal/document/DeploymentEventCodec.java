package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.model.Digest;
import io.modelregistry.model.Principal;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** The bytes of a {@link DeploymentEvent}: one line, chained to the event before and to the state that it led to. */
public final class DeploymentEventCodec {
    private DeploymentEventCodec() {}

    /**
     * An event with its place in the chain.
     *
     * @param event what happened
     * @param previous the digest of the bytes of the event before; empty for the first
     * @param state the digest of the bytes of the state that it led to
     */
    public record Entry(DeploymentEvent event, Optional<Digest> previous, Digest state) {}

    /** The bytes, which are a function of the value. */
    public static byte[] encode(Entry entry) {
        return JsonText.lineDocument(json -> write(json, entry));
    }

    /** The value. */
    public static Entry decode(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        DeploymentName deployment = json.value("deployment", DeploymentName::parse);
        long revision = json.number("revision");
        String operation = json.text("operation");
        Instant at = json.instant("at");
        Principal by = json.value("by", Principal::parse);
        String reason = json.textOr("reason", "");
        DeploymentAction action = Words.read(json, "action", DeploymentAction.class);
        String detail = json.textOr("detail", "");
        DeploymentEvent event =
                checked(() -> new DeploymentEvent(deployment, revision, operation, at, by, reason, action, detail));
        return new Entry(event, json.findValue("previous", Digest::parse), json.value("state", Digest::parse));
    }

    private static void write(JsonGenerator json, Entry entry) throws IOException {
        DeploymentEvent event = entry.event();
        json.writeStartObject();
        json.writeNumberField("format", Formats.CURRENT);
        json.writeStringField("deployment", event.deployment().value());
        json.writeNumberField("revision", event.revision());
        json.writeStringField("operation", event.operation());
        json.writeStringField("at", event.at().toString());
        json.writeStringField("by", event.by().toString());
        ValueCodec.text(json, "reason", event.reason());
        json.writeStringField("action", Words.of(event.action()));
        ValueCodec.text(json, "detail", event.detail());
        if (entry.previous().isPresent()) {
            json.writeStringField("previous", entry.previous().get().toString());
        }
        json.writeStringField("state", entry.state().toString());
        json.writeEndObject();
    }
}
