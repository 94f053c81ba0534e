package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.internal.state.PageContent;
import io.modelregistry.internal.state.PageRef;
import io.modelregistry.internal.state.StageMembers;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.state.VersionRow;
import io.modelregistry.internal.state.VersionState;
import io.modelregistry.internal.state.VersionTable;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Overlay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON of the version table and the bytes of its pages. */
public final class TableCodec {
    private TableCodec() {}

    /** The bytes of a page. */
    public static byte[] encodePage(PageContent content) {
        return JsonText.document(json -> {
            json.writeStartObject();
            json.writeNumberField("format", Formats.CURRENT);
            if (content instanceof PageContent.Rows rows) {
                writeRows(json, rows.rows());
            } else if (content instanceof PageContent.Refs refs) {
                json.writeNumberField("level", refs.refs().get(0).level());
                json.writeArrayFieldStart("pages");
                writeRefs(json, refs.refs());
                json.writeEndArray();
            }
            json.writeEndObject();
        });
    }

    /** What a page holds. */
    public static PageContent decodePage(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        if (json.has("pages")) {
            int level = (int) json.number("level");
            return new PageContent.Refs(json.tuples("pages", ref -> readRef(ref, level)));
        }
        return new PageContent.Rows(json.tuples("rows", TableCodec::readTableRow));
    }

    static void writeTable(JsonGenerator json, VersionTable table) throws IOException {
        json.writeStartObject();
        json.writeNumberField("count", table.count());
        json.writeArrayFieldStart("levels");
        for (List<PageRef> level : table.levels()) {
            json.writeStartArray();
            writeRefs(json, level);
            json.writeEndArray();
        }
        json.writeEndArray();
        writeRows(json, table.tail());
        json.writeObjectFieldStart("changes");
        for (Map.Entry<Long, VersionState> change : table.changes().entrySet()) {
            json.writeObjectFieldStart(Long.toString(change.getKey()));
            writeState(json, change.getValue());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    static VersionTable readTable(JsonObject json) throws MalformedDocumentException {
        List<List<PageRef>> levels = new ArrayList<>();
        for (JsonNode level : json.array("levels")) {
            List<PageRef> refs = new ArrayList<>();
            for (JsonNode ref : level) {
                refs.add(readRef(JsonTuple.of(ref, "levels"), levels.size() + 1));
            }
            levels.add(refs);
        }
        List<TableRow> tail = json.tuples("rows", TableCodec::readTableRow);
        SortedMap<Long, VersionState> changes = new TreeMap<>();
        for (Map.Entry<String, VersionState> change :
                json.map("changes", TableCodec::readState).entrySet()) {
            changes.put(checked(() -> Long.valueOf(change.getKey())), change.getValue());
        }
        long count = json.number("count");
        return new VersionTable(count, tail, levels, changes);
    }

    static void writeRow(JsonGenerator json, VersionRow row) throws IOException {
        json.writeStartObject();
        writeRowFields(json, row);
        json.writeEndObject();
    }

    static VersionRow readRow(JsonObject json) throws MalformedDocumentException {
        return new VersionRow(
                json.value("version", ModelVersion::parse),
                json.number("sequence"),
                json.value("manifest", Digest::ofHex));
    }

    static void writeMembers(JsonGenerator json, StageMembers members) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("recent");
        for (StageMembers.Pin pin : members.recent()) {
            json.writeStartObject();
            writeRowFields(json, pin.row());
            json.writeNumberField("since", pin.since());
            writeNumber(json, "leftProduction", pin.leftProduction());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (members.more()) {
            json.writeBooleanField("more", true);
        }
        json.writeEndObject();
    }

    static StageMembers readMembers(JsonObject json) throws MalformedDocumentException {
        List<StageMembers.Pin> recent = json.list(
                "recent",
                pin -> new StageMembers.Pin(readRow(pin), pin.number("since"), pin.numberOr("leftProduction", 0)));
        return new StageMembers(recent, json.flagOr("more", false));
    }

    private static void writeRows(JsonGenerator json, List<TableRow> rows) throws IOException {
        json.writeArrayFieldStart("rows");
        for (TableRow row : rows) {
            json.writeStartArray();
            json.writeString(row.row().version().toString());
            json.writeNumber(row.row().sequence());
            json.writeString(row.row().manifest().hex());
            json.writeString(row.state().stage().name());
            if (!row.state().equals(VersionState.initial(row.state().stage()))) {
                json.writeStartObject();
                writeStateBesideStage(json, row.state());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void writeRowFields(JsonGenerator json, VersionRow row) throws IOException {
        json.writeStringField("version", row.version().toString());
        json.writeNumberField("sequence", row.sequence());
        json.writeStringField("manifest", row.manifest().hex());
    }

    private static TableRow readTableRow(JsonTuple tuple) throws MalformedDocumentException {
        VersionRow row =
                new VersionRow(tuple.value(0, ModelVersion::parse), tuple.number(1), tuple.value(2, Digest::ofHex));
        Stage stage = tuple.value(3, Stage::new);
        Optional<JsonObject> state = tuple.findObject(4);
        return new TableRow(row, state.isPresent() ? readState(stage, state.get()) : VersionState.initial(stage));
    }

    private static void writeState(JsonGenerator json, VersionState state) throws IOException {
        json.writeStringField("stage", state.stage().name());
        writeStateBesideStage(json, state);
    }

    private static void writeStateBesideStage(JsonGenerator json, VersionState state) throws IOException {
        writeNumber(json, "since", state.since());
        writeNumber(json, "leftProduction", state.leftProduction());
        if (!state.overlay().isEmpty()) {
            json.writeFieldName("overlay");
            ValueCodec.writeOverlay(json, state.overlay());
        }
        if (!state.attachments().isEmpty()) {
            json.writeArrayFieldStart("attachments");
            for (Attachment attachment : state.attachments()) {
                ValueCodec.writeAttachment(json, attachment);
            }
            json.writeEndArray();
        }
    }

    private static VersionState readState(JsonObject json) throws MalformedDocumentException {
        return readState(json.value("stage", Stage::new), json);
    }

    private static VersionState readState(Stage stage, JsonObject json) throws MalformedDocumentException {
        Optional<JsonObject> overlay = json.findObject("overlay");
        return new VersionState(
                stage,
                json.numberOr("since", 0),
                json.numberOr("leftProduction", 0),
                overlay.isPresent() ? ValueCodec.readOverlay(overlay.get()) : Overlay.EMPTY,
                json.list("attachments", ValueCodec::readAttachment));
    }

    private static void writeRefs(JsonGenerator json, List<PageRef> refs) throws IOException {
        for (PageRef ref : refs) {
            json.writeStartArray();
            json.writeString(ref.page());
            json.writeNumber(ref.first());
            json.writeNumber(ref.count());
            json.writeString(ref.min().toString());
            json.writeString(ref.max().toString());
            json.writeEndArray();
        }
    }

    private static PageRef readRef(JsonTuple tuple, int level) throws MalformedDocumentException {
        String page = tuple.text(0);
        long first = tuple.number(1);
        long count = tuple.number(2);
        ModelVersion min = tuple.value(3, ModelVersion::parse);
        ModelVersion max = tuple.value(4, ModelVersion::parse);
        return checked(() -> new PageRef(page, level, first, count, min, max));
    }

    private static void writeNumber(JsonGenerator json, String field, long number) throws IOException {
        if (number != 0) {
            json.writeNumberField(field, number);
        }
    }
}
