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
                writeRefs(json, "pages", refs.refs());
            }
            json.writeEndObject();
        });
    }

    /** What a page holds. */
    public static PageContent decodePage(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        return json.has("pages")
                ? new PageContent.Refs(json.list("pages", TableCodec::readRef))
                : new PageContent.Rows(json.list("rows", TableCodec::readTableRow));
    }

    static void writeTable(JsonGenerator json, VersionTable table) throws IOException {
        json.writeStartObject();
        json.writeNumberField("count", table.count());
        json.writeArrayFieldStart("levels");
        for (List<PageRef> level : table.levels()) {
            json.writeStartArray();
            for (PageRef ref : level) {
                writeRef(json, ref);
            }
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
                refs.add(readRef(JsonObject.of(ref, "levels")));
            }
            levels.add(refs);
        }
        List<TableRow> tail = json.list("rows", TableCodec::readTableRow);
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
            json.writeStartObject();
            writeRowFields(json, row.row());
            writeState(json, row.state());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeRowFields(JsonGenerator json, VersionRow row) throws IOException {
        json.writeStringField("version", row.version().toString());
        json.writeNumberField("sequence", row.sequence());
        json.writeStringField("manifest", row.manifest().hex());
    }

    private static TableRow readTableRow(JsonObject json) throws MalformedDocumentException {
        return new TableRow(readRow(json), readState(json));
    }

    private static void writeState(JsonGenerator json, VersionState state) throws IOException {
        json.writeStringField("stage", state.stage().name());
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
        Optional<JsonObject> overlay = json.findObject("overlay");
        return new VersionState(
                json.value("stage", Stage::new),
                json.numberOr("since", 0),
                json.numberOr("leftProduction", 0),
                overlay.isPresent() ? ValueCodec.readOverlay(overlay.get()) : Overlay.EMPTY,
                json.list("attachments", ValueCodec::readAttachment));
    }

    private static void writeRefs(JsonGenerator json, String field, List<PageRef> refs) throws IOException {
        json.writeArrayFieldStart(field);
        for (PageRef ref : refs) {
            writeRef(json, ref);
        }
        json.writeEndArray();
    }

    private static void writeRef(JsonGenerator json, PageRef ref) throws IOException {
        json.writeStartObject();
        json.writeStringField("page", ref.page());
        json.writeNumberField("level", ref.level());
        json.writeNumberField("first", ref.first());
        json.writeNumberField("count", ref.count());
        json.writeStringField("min", ref.min().toString());
        json.writeStringField("max", ref.max().toString());
        json.writeEndObject();
    }

    private static PageRef readRef(JsonObject json) throws MalformedDocumentException {
        String page = json.text("page");
        int level = (int) json.number("level");
        long first = json.number("first");
        long count = json.number("count");
        ModelVersion min = json.value("min", ModelVersion::parse);
        ModelVersion max = json.value("max", ModelVersion::parse);
        return checked(() -> new PageRef(page, level, first, count, min, max));
    }

    private static void writeNumber(JsonGenerator json, String field, long number) throws IOException {
        if (number != 0) {
            json.writeNumberField(field, number);
        }
    }
}
