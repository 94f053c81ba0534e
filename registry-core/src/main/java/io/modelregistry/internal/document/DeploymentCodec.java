package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelRef;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The bytes of the head of a deployment, built as those of models are. */
public final class DeploymentCodec {
    private static final Set<String> KNOWN = Set.of(
            "status",
            "reference",
            "follow",
            "replicas",
            "traffic",
            "onChange",
            "rollout",
            "previous",
            "held",
            "labels");

    private DeploymentCodec() {}

    /**
     * A decoded head.
     *
     * @param entry the event that led to this revision
     * @param eventBytes its bytes
     * @param state what is to be true
     */
    @SuppressWarnings("ArrayRecordComponent") // heads are never compared
    public record Head(DeploymentEventCodec.Entry entry, byte[] eventBytes, DeploymentState state) {
        /** Counts the commits, from 1. */
        public long revision() {
            return entry.event().revision();
        }
    }

    /** The bytes of a state, as they stand in the head. */
    public static byte[] encodeState(DeploymentState state) {
        return JsonText.print(json -> writeState(json, state));
    }

    /** The bytes of a head. */
    public static byte[] encode(long revision, byte[] eventBytes, byte[] stateBytes) {
        return HeadFrame.encode(revision, eventBytes, stateBytes);
    }

    /** The head; its event must be the one that led to its state. */
    public static Head decode(byte[] bytes) throws MalformedDocumentException {
        HeadFrame frame = HeadFrame.open(bytes);
        DeploymentEventCodec.Entry entry = DeploymentEventCodec.decode(frame.event());
        frame.check(entry.event().revision(), entry.state());
        return new Head(entry, frame.event(), readState(frame.document().object("state")));
    }

    private static void writeState(JsonGenerator json, DeploymentState state) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", Words.of(state.status()));
        json.writeStringField("reference", state.reference().toString());
        json.writeStringField("follow", Words.of(state.follow()));
        if (state.replicas().isPresent()) {
            json.writeNumberField("replicas", state.replicas().get());
        }
        json.writeFieldName("traffic");
        TrafficCodec.write(json, state.traffic());
        json.writeFieldName("onChange");
        RolloutCodec.writePlan(json, state.onChange());
        if (state.rollout().isPresent()) {
            json.writeFieldName("rollout");
            RolloutCodec.writeState(json, state.rollout().get());
        }
        if (!state.previous().isEmpty()) {
            json.writeArrayFieldStart("previous");
            for (PinnedVersion version : state.previous()) {
                TrafficCodec.writeVersion(json, version);
            }
            json.writeEndArray();
        }
        ValueCodec.texts(
                json, "held", state.held().stream().map(Digest::toString).toList());
        writeTexts(json, "labels", state.labels());
        for (Map.Entry<String, String> field : state.unknown().entrySet()) {
            json.writeFieldName(field.getKey());
            json.writeRawValue(field.getValue());
        }
        json.writeEndObject();
    }

    static void writeTexts(JsonGenerator json, String field, Map<String, String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeObjectFieldStart(field);
            for (Map.Entry<String, String> text : texts.entrySet()) {
                json.writeStringField(text.getKey(), text.getValue());
            }
            json.writeEndObject();
        }
    }

    private static DeploymentState readState(JsonObject json) throws MalformedDocumentException {
        DeploymentState.Status status = Words.read(json, "status", DeploymentState.Status.class);
        ModelRef reference = json.value("reference", ModelRef::parse);
        DeploymentState.Follow follow = Words.read(json, "follow", DeploymentState.Follow.class);
        Optional<Integer> replicas = json.has("replicas") ? Optional.of(json.count("replicas")) : Optional.empty();
        Traffic traffic = TrafficCodec.read(json.object("traffic"));
        RolloutPlan onChange = RolloutCodec.readPlan(json.object("onChange"));
        Optional<JsonObject> rolloutJson = json.findObject("rollout");
        Optional<RolloutState> rollout =
                rolloutJson.isPresent() ? Optional.of(RolloutCodec.readState(rolloutJson.get())) : Optional.empty();
        List<PinnedVersion> previous = json.list("previous", TrafficCodec::readVersion);
        SortedSet<Digest> held = new TreeSet<>();
        for (String digest : json.texts("held")) {
            held.add(checked(() -> Digest.parse(digest)));
        }
        var labels = json.textsByName("labels");
        return checked(() -> new DeploymentState(
                reference,
                follow,
                onChange,
                traffic,
                rollout,
                previous,
                held,
                replicas,
                labels,
                status,
                json.unknown(KNOWN)));
    }
}
