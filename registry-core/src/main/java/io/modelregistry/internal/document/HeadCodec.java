package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.internal.state.HeadState;
import io.modelregistry.internal.state.StageMembers;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Alias;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.RegisteredModel.Status;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The bytes of a head: its revision, the call that wrote it, the event that led to it (byte for byte as it will stand
 * in the history), and the state.
 */
public final class HeadCodec {
    private static final Set<String> KNOWN =
            Set.of("name", "id", "status", "facts", "aliases", "stages", "newest", "newestStable", "versions");

    private HeadCodec() {}

    /**
     * A decoded head.
     *
     * @param revision counts the commits, from 1
     * @param entry the event that led to this revision
     * @param eventBytes its bytes
     * @param state what is true now
     */
    @SuppressWarnings("ArrayRecordComponent") // heads are never compared
    public record Head(long revision, EventCodec.Entry entry, byte[] eventBytes, HeadState state) {}

    /** The bytes of a state, as they stand in the head. */
    public static byte[] encodeState(HeadState state) {
        return JsonText.print(json -> writeState(json, state));
    }

    /** The bytes of a head. */
    public static byte[] encode(EventCodec.Entry entry, byte[] eventBytes, byte[] stateBytes) {
        return HeadFrame.encode(entry.event().revision(), eventBytes, stateBytes);
    }

    /** The head; its event must be the one that led to its state. */
    public static Head decode(byte[] bytes) throws MalformedDocumentException {
        HeadFrame frame = HeadFrame.open(bytes);
        EventCodec.Entry entry = EventCodec.decode(frame.event());
        frame.check(entry.event().revision(), entry.state());
        return new Head(
                frame.revision(),
                entry,
                frame.event(),
                readState(frame.document().object("state")));
    }

    private static void writeState(JsonGenerator json, HeadState state) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", state.identity().name().toString());
        json.writeStringField("id", state.identity().id());
        json.writeStringField("status", state.status().name().toLowerCase(Locale.ROOT));
        json.writeFieldName("facts");
        ValueCodec.writeFacts(json, state.facts());
        json.writeObjectFieldStart("aliases");
        for (Map.Entry<Alias, VersionRow> alias : state.aliases().entrySet()) {
            json.writeFieldName(alias.getKey().name());
            TableCodec.writeRow(json, alias.getValue());
        }
        json.writeEndObject();
        json.writeObjectFieldStart("stages");
        for (Map.Entry<Stage, StageMembers> stage : state.stages().entrySet()) {
            json.writeFieldName(stage.getKey().name());
            TableCodec.writeMembers(json, stage.getValue());
        }
        json.writeEndObject();
        writeRow(json, "newest", state.newest().any());
        writeRow(json, "newestStable", state.newest().stable());
        json.writeFieldName("versions");
        TableCodec.writeTable(json, state.versions());
        for (Map.Entry<String, String> field : state.unknown().entrySet()) {
            json.writeFieldName(field.getKey());
            json.writeRawValue(field.getValue());
        }
        json.writeEndObject();
    }

    private static void writeRow(JsonGenerator json, String field, Optional<VersionRow> row) throws IOException {
        if (row.isPresent()) {
            json.writeFieldName(field);
            TableCodec.writeRow(json, row.get());
        }
    }

    private static HeadState readState(JsonObject json) throws MalformedDocumentException {
        HeadState.Identity identity = new HeadState.Identity(json.value("name", ModelName::parse), json.text("id"));
        Status status = json.value("status", text -> Status.valueOf(text.toUpperCase(Locale.ROOT)));
        ModelFacts facts = ValueCodec.readFacts(json.object("facts"));
        SortedMap<Alias, VersionRow> aliases = new TreeMap<>();
        for (Map.Entry<String, VersionRow> alias :
                json.map("aliases", TableCodec::readRow).entrySet()) {
            aliases.put(checked(() -> Alias.of(alias.getKey())), alias.getValue());
        }
        SortedMap<Stage, StageMembers> stages = new TreeMap<>();
        for (Map.Entry<String, StageMembers> stage :
                json.map("stages", TableCodec::readMembers).entrySet()) {
            stages.put(checked(() -> new Stage(stage.getKey())), stage.getValue());
        }
        HeadState.Newest newest = new HeadState.Newest(readRow(json, "newest"), readRow(json, "newestStable"));
        VersionTable versions = TableCodec.readTable(json.object("versions"));
        return new HeadState(identity, status, facts, aliases, stages, newest, versions, json.unknown(KNOWN));
    }

    private static Optional<VersionRow> readRow(JsonObject json, String field) throws MalformedDocumentException {
        Optional<JsonObject> row = json.findObject(field);
        return row.isPresent() ? Optional.of(TableCodec.readRow(row.get())) : Optional.empty();
    }
}
