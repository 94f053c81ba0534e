package io.modelregistry.internal.document;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.model.Digest;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.Overlay;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.RiskTier;
import io.modelregistry.model.UsageNotes;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON of the values that several documents share. Empty texts and collections are left out. */
final class ValueCodec {
    private ValueCodec() {}

    static void text(JsonGenerator json, String field, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(field, value);
        }
    }

    static void texts(JsonGenerator json, String field, Collection<String> values) throws IOException {
        if (!values.isEmpty()) {
            json.writeArrayFieldStart(field);
            for (String value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        }
    }

    static void writeFacts(JsonGenerator json, ModelFacts facts) throws IOException {
        json.writeStartObject();
        text(json, "description", facts.description());
        texts(json, "owners", facts.owners().stream().map(Principal::toString).toList());
        json.writeStringField("risk", facts.risk().name());
        texts(json, "tags", facts.tags());
        text(json, "documentation", facts.documentation());
        text(json, "repository", facts.repository());
        writeFields(json, "fields", facts.fields());
        json.writeEndObject();
    }

    static ModelFacts readFacts(JsonObject json) throws MalformedDocumentException {
        List<Principal> owners = new ArrayList<>();
        for (String owner : json.texts("owners")) {
            owners.add(checked(() -> Principal.parse(owner)));
        }
        RiskTier risk = json.value("risk", RiskTier::parse);
        LinkedHashSet<String> tags = new LinkedHashSet<>(json.texts("tags"));
        String description = json.textOr("description", "");
        String documentation = json.textOr("documentation", "");
        String repository = json.textOr("repository", "");
        SortedMap<String, FieldValue> fields = readFields(json, "fields");
        return checked(() -> new ModelFacts(description, owners, risk, tags, documentation, repository, fields));
    }

    static void writeOverlay(JsonGenerator json, Overlay overlay) throws IOException {
        json.writeStartObject();
        writeUsage(json, overlay.usage());
        text(json, "notes", overlay.notes());
        texts(json, "tags", overlay.tags());
        writeFields(json, "fields", overlay.fields());
        json.writeEndObject();
    }

    static Overlay readOverlay(JsonObject json) throws MalformedDocumentException {
        UsageNotes usage = readUsage(json);
        String notes = json.textOr("notes", "");
        LinkedHashSet<String> tags = new LinkedHashSet<>(json.texts("tags"));
        SortedMap<String, FieldValue> fields = readFields(json, "fields");
        return checked(() -> new Overlay(usage, notes, tags, fields));
    }

    static void writeUsage(JsonGenerator json, UsageNotes usage) throws IOException {
        text(json, "intendedUse", usage.intendedUse());
        text(json, "limitations", usage.limitations());
        text(json, "ethicalConsiderations", usage.ethicalConsiderations());
    }

    static UsageNotes readUsage(JsonObject json) throws MalformedDocumentException {
        String intendedUse = json.textOr("intendedUse", "");
        String limitations = json.textOr("limitations", "");
        String considerations = json.textOr("ethicalConsiderations", "");
        return checked(() -> new UsageNotes(intendedUse, limitations, considerations));
    }

    static void writeAttachment(JsonGenerator json, Attachment attachment) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", attachment.kind());
        json.writeStringField("mediaType", attachment.mediaType());
        json.writeStringField("digest", attachment.digest().toString());
        json.writeNumberField("size", attachment.size());
        json.writeStringField("by", attachment.by().toString());
        json.writeStringField("at", attachment.at().toString());
        json.writeEndObject();
    }

    static Attachment readAttachment(JsonObject json) throws MalformedDocumentException {
        Digest digest = json.value("digest", Digest::parse);
        Principal by = json.value("by", Principal::parse);
        Instant at = json.instant("at");
        long size = json.number("size");
        String kind = json.text("kind");
        String mediaType = json.text("mediaType");
        return checked(() -> new Attachment(kind, mediaType, digest, size, by, at));
    }

    static void writeFields(JsonGenerator json, String field, SortedMap<String, FieldValue> values) throws IOException {
        if (values.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, FieldValue> entry : values.entrySet()) {
            json.writeFieldName(entry.getKey());
            writeFieldValue(json, entry.getValue());
        }
        json.writeEndObject();
    }

    private static void writeFieldValue(JsonGenerator json, FieldValue value) throws IOException {
        if (value instanceof FieldValue.Text text) {
            json.writeString(text.value());
        } else if (value instanceof FieldValue.Numeric number) {
            json.writeNumber(number.value());
        } else if (value instanceof FieldValue.Flag flag) {
            json.writeBoolean(flag.value());
        } else if (value instanceof FieldValue.Moment moment) {
            json.writeStartObject();
            json.writeStringField("instant", moment.value().toString());
            json.writeEndObject();
        } else if (value instanceof FieldValue.Texts texts) {
            json.writeStartArray();
            for (String element : texts.value()) {
                json.writeString(element);
            }
            json.writeEndArray();
        }
    }

    static SortedMap<String, FieldValue> readFields(JsonObject json, String field) throws MalformedDocumentException {
        SortedMap<String, FieldValue> values = new TreeMap<>();
        if (json.has(field)) {
            JsonObject object = json.object(field);
            for (Map.Entry<String, JsonNode> entry : object.node().properties()) {
                values.put(entry.getKey(), readFieldValue(object, entry.getKey(), entry.getValue()));
            }
        }
        return values;
    }

    private static FieldValue readFieldValue(JsonObject json, String field, JsonNode value)
            throws MalformedDocumentException {
        if (value.isTextual()) {
            return FieldValue.of(value.textValue());
        }
        if (value.isNumber()) {
            return checked(() -> new FieldValue.Numeric(value.decimalValue()));
        }
        if (value.isBoolean()) {
            return new FieldValue.Flag(value.booleanValue());
        }
        if (value.isArray()) {
            return FieldValue.of(json.texts(field));
        }
        return FieldValue.of(json.object(field).instant("instant"));
    }

    /** Runs a constructor whose checks may refuse what was read. */
    static <T> T checked(Construction<T> construction) throws MalformedDocumentException {
        try {
            return construction.construct();
        } catch (RegistryException | IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new MalformedDocumentException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Makes a value. */
    @FunctionalInterface
    interface Construction<T> {
        T construct();
    }
}
