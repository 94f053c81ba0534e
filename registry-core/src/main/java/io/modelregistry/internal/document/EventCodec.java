package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Overlay;
import io.modelregistry.model.Principal;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The bytes of a {@link RegistryEvent}: one line, chained to the event before it and to the state that it led to. */
public final class EventCodec {
    private EventCodec() {}

    /**
     * An event with its place in the chain.
     *
     * @param event what happened
     * @param previous the digest of the bytes of the event before; empty for the first
     * @param state the digest of the bytes of the state that it led to
     */
    public record Entry(RegistryEvent event, Optional<Digest> previous, Digest state) {}

    /** The bytes, which are a function of the value. */
    public static byte[] encode(Entry entry) {
        return JsonText.lineDocument(json -> write(json, entry));
    }

    /** The value. */
    public static Entry decode(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        ModelName model = json.value("model", ModelName::parse);
        String modelId = json.text("modelId");
        long revision = json.number("revision");
        String operation = json.text("operation");
        Instant at = json.instant("at");
        Principal by = json.value("by", Principal::parse);
        String reason = json.textOr("reason", "");
        Change change = readChange(json);
        RegistryEvent event =
                checked(() -> new RegistryEvent(model, modelId, revision, operation, at, by, reason, change));
        return new Entry(event, json.findValue("previous", Digest::parse), json.value("state", Digest::parse));
    }

    private static void write(JsonGenerator json, Entry entry) throws IOException {
        RegistryEvent event = entry.event();
        json.writeStartObject();
        json.writeNumberField("format", Formats.CURRENT);
        json.writeStringField("model", event.model().toString());
        json.writeStringField("modelId", event.modelId());
        json.writeNumberField("revision", event.revision());
        json.writeStringField("operation", event.operation());
        json.writeStringField("at", event.at().toString());
        json.writeStringField("by", event.by().toString());
        ValueCodec.text(json, "reason", event.reason());
        writeChange(json, event.change());
        if (entry.previous().isPresent()) {
            json.writeStringField("previous", entry.previous().get().toString());
        }
        json.writeStringField("state", entry.state().toString());
        json.writeEndObject();
    }

    private static void writeChange(JsonGenerator json, Change change) throws IOException {
        if (change instanceof Change.VersionPublished published) {
            json.writeStringField("type", "version-published");
            json.writeStringField("version", published.version().toString());
            json.writeNumberField("sequence", published.sequence());
            json.writeStringField("manifest", published.manifest().toString());
            json.writeStringField("uploadedBy", published.uploadedBy().toString());
        } else if (change instanceof Change.StagesChanged stages) {
            json.writeStringField("type", "stages-changed");
            writeMoves(json, stages.moves());
        } else if (change instanceof Change.RolledBack rolledBack) {
            json.writeStringField("type", "rolled-back");
            writeMoves(json, rolledBack.moves());
        } else if (change instanceof Change.AliasSet set) {
            json.writeStringField("type", "alias-set");
            json.writeStringField("alias", set.alias().name());
            if (set.from().isPresent()) {
                json.writeStringField("from", set.from().get().toString());
            }
            json.writeStringField("to", set.to().toString());
        } else if (change instanceof Change.AliasRemoved removed) {
            json.writeStringField("type", "alias-removed");
            json.writeStringField("alias", removed.alias().name());
            json.writeStringField("from", removed.from().toString());
        } else if (change instanceof Change.FactsEdited edited) {
            json.writeStringField("type", "facts-edited");
            json.writeFieldName("from");
            ValueCodec.writeFacts(json, edited.from());
            json.writeFieldName("to");
            ValueCodec.writeFacts(json, edited.to());
        } else if (change instanceof Change.OverlayEdited edited) {
            json.writeStringField("type", "overlay-edited");
            json.writeStringField("version", edited.version().toString());
            json.writeFieldName("from");
            ValueCodec.writeOverlay(json, edited.from());
            json.writeFieldName("to");
            ValueCodec.writeOverlay(json, edited.to());
        } else if (change instanceof Change.Attached attached) {
            json.writeStringField("type", "attached");
            json.writeStringField("version", attached.version().toString());
            json.writeFieldName("attachment");
            ValueCodec.writeAttachment(json, attached.attachment());
        } else if (change instanceof Change.ModelRetired) {
            json.writeStringField("type", "model-retired");
        } else if (change instanceof Change.ModelRestored) {
            json.writeStringField("type", "model-restored");
        } else if (change instanceof Change.PagesCollected collected) {
            json.writeStringField("type", "pages-collected");
            json.writeNumberField("count", collected.count());
        }
    }

    private static Change readChange(JsonObject json) throws MalformedDocumentException {
        String type = json.text("type");
        switch (type) {
            case "version-published" -> {
                return new Change.VersionPublished(
                        json.value("version", ModelVersion::parse),
                        json.number("sequence"),
                        json.value("manifest", Digest::parse),
                        json.value("uploadedBy", Principal::parse));
            }
            case "stages-changed" -> {
                return new Change.StagesChanged(json.list("moves", EventCodec::readMove));
            }
            case "rolled-back" -> {
                return new Change.RolledBack(json.list("moves", EventCodec::readMove));
            }
            case "alias-set" -> {
                return new Change.AliasSet(
                        json.value("alias", Alias::of),
                        json.findValue("from", ModelVersion::parse),
                        json.value("to", ModelVersion::parse));
            }
            case "alias-removed" -> {
                return new Change.AliasRemoved(json.value("alias", Alias::of), json.value("from", ModelVersion::parse));
            }
            case "facts-edited" -> {
                ModelFacts from = ValueCodec.readFacts(json.object("from"));
                return new Change.FactsEdited(from, ValueCodec.readFacts(json.object("to")));
            }
            case "overlay-edited" -> {
                Overlay from = ValueCodec.readOverlay(json.object("from"));
                return new Change.OverlayEdited(
                        json.value("version", ModelVersion::parse), from, ValueCodec.readOverlay(json.object("to")));
            }
            case "attached" -> {
                Attachment attachment = ValueCodec.readAttachment(json.object("attachment"));
                return new Change.Attached(json.value("version", ModelVersion::parse), attachment);
            }
            case "model-retired" -> {
                return new Change.ModelRetired();
            }
            case "model-restored" -> {
                return new Change.ModelRestored();
            }
            case "pages-collected" -> {
                return new Change.PagesCollected((int) json.number("count"));
            }
            default -> throw json.wrong("type", "a type of event that this version of the library knows");
        }
    }

    private static void writeMoves(JsonGenerator json, List<Change.StageMove> moves) throws IOException {
        json.writeArrayFieldStart("moves");
        for (Change.StageMove move : moves) {
            json.writeStartObject();
            json.writeStringField("version", move.version().toString());
            json.writeStringField("from", move.from().name());
            json.writeStringField("to", move.to().name());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static Change.StageMove readMove(JsonObject json) throws MalformedDocumentException {
        return new Change.StageMove(
                json.value("version", ModelVersion::parse),
                json.value("from", Stage::parse),
                json.value("to", Stage::parse));
    }
}
