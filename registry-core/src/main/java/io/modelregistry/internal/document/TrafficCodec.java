package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The JSON of which requests of a deployment go to which version. */
final class TrafficCodec {
    private TrafficCodec() {}

    static void write(JsonGenerator json, Traffic traffic) throws IOException {
        json.writeStartObject();
        json.writeStringField("salt", traffic.salt());
        json.writeStringField("unit", Words.of(traffic.unit()));
        json.writeArrayFieldStart("variants");
        for (Variant variant : traffic.variants()) {
            json.writeStartObject();
            json.writeStringField("name", variant.name());
            json.writeNumberField("weight", variant.weight());
            writeVersion(json, "version", variant.version());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (!traffic.rules().isEmpty()) {
            json.writeArrayFieldStart("rules");
            for (Traffic.Rule rule : traffic.rules()) {
                json.writeStartObject();
                json.writeStringField("attribute", rule.attribute());
                json.writeStringField("value", rule.value());
                json.writeStringField("variant", rule.variant());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        if (traffic.shadow().isPresent()) {
            json.writeObjectFieldStart("shadow");
            json.writeNumberField("share", traffic.shadow().get().share());
            writeVersion(json, "version", traffic.shadow().get().version());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static Traffic read(JsonObject json) throws MalformedDocumentException {
        String salt = json.text("salt");
        Traffic.Unit unit = Words.read(json, "unit", Traffic.Unit.class);
        List<Variant> variants = json.list("variants", TrafficCodec::readVariant);
        List<Traffic.Rule> rules = json.list("rules", TrafficCodec::readRule);
        Optional<JsonObject> shadowJson = json.findObject("shadow");
        Optional<Traffic.Shadow> shadow =
                shadowJson.isPresent() ? Optional.of(readShadow(shadowJson.get())) : Optional.empty();
        return checked(() -> new Traffic(salt, unit, variants, rules, shadow));
    }

    private static Variant readVariant(JsonObject json) throws MalformedDocumentException {
        String name = json.text("name");
        int weight = json.count("weight");
        PinnedVersion version = readVersion(json, "version");
        return checked(() -> new Variant(name, version, weight));
    }

    private static Traffic.Rule readRule(JsonObject json) throws MalformedDocumentException {
        String attribute = json.text("attribute");
        String value = json.text("value");
        String variant = json.text("variant");
        return checked(() -> new Traffic.Rule(attribute, value, variant));
    }

    private static Traffic.Shadow readShadow(JsonObject json) throws MalformedDocumentException {
        int share = json.count("share");
        PinnedVersion version = readVersion(json, "version");
        return checked(() -> new Traffic.Shadow(version, share));
    }

    static void writeVersion(JsonGenerator json, String field, PinnedVersion pinned) throws IOException {
        json.writeFieldName(field);
        writeVersion(json, pinned);
    }

    static void writeVersion(JsonGenerator json, PinnedVersion pinned) throws IOException {
        json.writeStartObject();
        json.writeStringField("model", pinned.name().toString());
        json.writeStringField("version", pinned.version().toString());
        json.writeStringField("manifest", pinned.manifest().toString());
        json.writeEndObject();
    }

    static PinnedVersion readVersion(JsonObject json, String field) throws MalformedDocumentException {
        return readVersion(json.object(field));
    }

    static PinnedVersion readVersion(JsonObject json) throws MalformedDocumentException {
        return new PinnedVersion(
                json.value("model", ModelName::parse),
                json.value("version", ModelVersion::parse),
                json.value("manifest", Digest::parse));
    }
}
