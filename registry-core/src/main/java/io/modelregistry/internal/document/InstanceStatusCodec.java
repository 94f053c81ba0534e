package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.InstanceStatus.StepReport;
import io.modelregistry.deployment.InstanceStatus.VersionStatus;
import io.modelregistry.deployment.PinnedVersion;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The bytes of what one instance has observed of a deployment. */
public final class InstanceStatusCodec {
    private InstanceStatusCodec() {}

    /** The bytes, which are a function of the value. */
    public static byte[] encode(InstanceStatus status) {
        return JsonText.document(json -> write(json, status));
    }

    /** The value. */
    public static InstanceStatus decode(byte[] bytes) throws MalformedDocumentException {
        JsonObject json = Formats.open(bytes);
        String instance = json.text("instance");
        long heartbeat = json.number("heartbeat");
        long revision = json.number("revision");
        Instant at = json.instant("at");
        InstanceStatus.Health health = Words.read(json, "health", InstanceStatus.Health.class);
        String problem = json.textOr("problem", "");
        int replicas = json.count("replicas");
        List<VersionStatus> versions = json.list("versions", InstanceStatusCodec::readVersion);
        Optional<JsonObject> stepJson = json.findObject("step");
        Optional<StepReport> step = stepJson.isPresent() ? Optional.of(readStep(stepJson.get())) : Optional.empty();
        var labels = json.textsByName("labels");
        return checked(() -> new InstanceStatus(
                instance, heartbeat, revision, at, health, problem, replicas, versions, step, labels));
    }

    private static void write(JsonGenerator json, InstanceStatus status) throws IOException {
        json.writeStartObject();
        json.writeNumberField("format", Formats.CURRENT);
        json.writeStringField("instance", status.instance());
        json.writeNumberField("heartbeat", status.heartbeat());
        json.writeNumberField("revision", status.revision());
        json.writeStringField("at", status.at().toString());
        json.writeStringField("health", Words.of(status.health()));
        ValueCodec.text(json, "problem", status.problem());
        json.writeNumberField("replicas", status.replicas());
        if (!status.versions().isEmpty()) {
            json.writeArrayFieldStart("versions");
            for (VersionStatus version : status.versions()) {
                writeVersion(json, version);
            }
            json.writeEndArray();
        }
        if (status.step().isPresent()) {
            json.writeFieldName("step");
            writeStep(json, status.step().get());
        }
        DeploymentCodec.writeTexts(json, "labels", status.labels());
        json.writeEndObject();
    }

    private static void writeVersion(JsonGenerator json, VersionStatus version) throws IOException {
        json.writeStartObject();
        json.writeStringField("variant", version.variant());
        TrafficCodec.writeVersion(json, "version", version.version());
        json.writeStringField("state", version.state());
        json.writeNumberField("requests", version.requests());
        json.writeNumberField("errors", version.errors());
        json.writeStringField("p50", version.p50().toString());
        json.writeStringField("p99", version.p99().toString());
        json.writeEndObject();
    }

    private static VersionStatus readVersion(JsonObject json) throws MalformedDocumentException {
        String variant = json.text("variant");
        PinnedVersion version = TrafficCodec.readVersion(json, "version");
        String state = json.text("state");
        long requests = json.number("requests");
        long errors = json.number("errors");
        Duration p50 = json.duration("p50");
        Duration p99 = json.duration("p99");
        return checked(() -> new VersionStatus(variant, version, state, requests, errors, p50, p99));
    }

    private static void writeStep(JsonGenerator json, StepReport step) throws IOException {
        json.writeStartObject();
        json.writeStringField("rollout", step.rollout());
        json.writeNumberField("step", step.step());
        json.writeStringField("verdict", Words.of(step.verdict()));
        json.writeNumberField("samples", step.samples());
        ValueCodec.text(json, "detail", step.detail());
        json.writeEndObject();
    }

    private static StepReport readStep(JsonObject json) throws MalformedDocumentException {
        String rollout = json.text("rollout");
        int step = json.count("step");
        InstanceStatus.Verdict verdict = Words.read(json, "verdict", InstanceStatus.Verdict.class);
        long samples = json.number("samples");
        String detail = json.textOr("detail", "");
        return checked(() -> new StepReport(rollout, step, verdict, samples, detail));
    }
}
