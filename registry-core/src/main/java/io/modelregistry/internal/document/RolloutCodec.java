package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;

import com.fasterxml.jackson.core.JsonGenerator;
import io.modelregistry.deployment.Analysis;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.RolloutState;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.deployment.Slo;
import io.modelregistry.model.Principal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The JSON of how a deployment goes to another version, and of a rollout under way. */
final class RolloutCodec {
    private RolloutCodec() {}

    static void writePlan(JsonGenerator json, RolloutPlan plan) throws IOException {
        json.writeStartObject();
        json.writeStringField("strategy", Words.of(plan.strategy()));
        if (!plan.steps().isEmpty()) {
            json.writeArrayFieldStart("steps");
            for (RolloutStep step : plan.steps()) {
                writeStep(json, step);
            }
            json.writeEndArray();
        }
        if (plan.analysis().isPresent()) {
            json.writeFieldName("analysis");
            writeAnalysis(json, plan.analysis().get());
        }
        json.writeEndObject();
    }

    static RolloutPlan readPlan(JsonObject json) throws MalformedDocumentException {
        RolloutPlan.Strategy strategy = Words.read(json, "strategy", RolloutPlan.Strategy.class);
        List<RolloutStep> steps = json.list("steps", RolloutCodec::readStep);
        Optional<JsonObject> analysisJson = json.findObject("analysis");
        Optional<Analysis> analysis =
                analysisJson.isPresent() ? Optional.of(readAnalysis(analysisJson.get())) : Optional.empty();
        return checked(() -> new RolloutPlan(strategy, steps, analysis));
    }

    private static void writeStep(JsonGenerator json, RolloutStep step) throws IOException {
        json.writeStartObject();
        if (step instanceof RolloutStep.SetWeight set) {
            json.writeStringField("type", "set-weight");
            json.writeNumberField("weight", set.weight());
        } else if (step instanceof RolloutStep.Wait wait) {
            json.writeStringField("type", "wait");
            json.writeStringField("time", wait.time().toString());
        } else if (step instanceof RolloutStep.Hold) {
            json.writeStringField("type", "hold");
        } else if (step instanceof RolloutStep.Analyse) {
            json.writeStringField("type", "analyse");
        } else if (step instanceof RolloutStep.Approve) {
            json.writeStringField("type", "approve");
        }
        json.writeEndObject();
    }

    private static RolloutStep readStep(JsonObject json) throws MalformedDocumentException {
        switch (json.text("type")) {
            case "set-weight" -> {
                int weight = json.count("weight");
                return checked(() -> new RolloutStep.SetWeight(weight));
            }
            case "wait" -> {
                Duration time = json.duration("time");
                return checked(() -> new RolloutStep.Wait(time));
            }
            case "hold" -> {
                return new RolloutStep.Hold();
            }
            case "analyse" -> {
                return new RolloutStep.Analyse();
            }
            case "approve" -> {
                return new RolloutStep.Approve();
            }
            default -> throw json.wrong("type", "a type of step that this version of the library knows");
        }
    }

    private static void writeAnalysis(JsonGenerator json, Analysis analysis) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("slos");
        for (Slo slo : analysis.slos()) {
            json.writeStartObject();
            json.writeStringField("indicator", Words.of(slo.indicator()));
            json.writeNumberField("percentile", slo.percentile());
            json.writeStringField("bound", Words.of(slo.bound()));
            json.writeNumberField("limit", slo.limit());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("interval", analysis.interval().toString());
        json.writeNumberField("minimumSamples", analysis.minimumSamples());
        json.writeNumberField("failureLimit", analysis.failureLimit());
        json.writeNumberField("consecutiveSuccesses", analysis.consecutiveSuccesses());
        json.writeNumberField("inconclusiveLimit", analysis.inconclusiveLimit());
        json.writeStringField("onBreach", Words.of(analysis.onBreach()));
        json.writeEndObject();
    }

    private static Analysis readAnalysis(JsonObject json) throws MalformedDocumentException {
        List<Slo> slos = json.list("slos", RolloutCodec::readSlo);
        Duration interval = json.duration("interval");
        long minimumSamples = json.number("minimumSamples");
        int failureLimit = json.count("failureLimit");
        int consecutiveSuccesses = json.count("consecutiveSuccesses");
        int inconclusiveLimit = json.count("inconclusiveLimit");
        Analysis.OnBreach onBreach = Words.read(json, "onBreach", Analysis.OnBreach.class);
        return checked(() -> new Analysis(
                slos, interval, minimumSamples, failureLimit, consecutiveSuccesses, inconclusiveLimit, onBreach));
    }

    private static Slo readSlo(JsonObject json) throws MalformedDocumentException {
        Slo.Indicator indicator = Words.read(json, "indicator", Slo.Indicator.class);
        double percentile = json.decimal("percentile").doubleValue();
        Slo.Bound bound = Words.read(json, "bound", Slo.Bound.class);
        double limit = json.decimal("limit").doubleValue();
        return checked(() -> new Slo(indicator, percentile, bound, limit));
    }

    static void writeState(JsonGenerator json, RolloutState rollout) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", rollout.id());
        TrafficCodec.writeVersion(json, "candidate", rollout.candidate());
        json.writeNumberField("step", rollout.step());
        json.writeStringField("phase", Words.of(rollout.phase()));
        json.writeStringField("startedBy", rollout.startedBy().toString());
        json.writeFieldName("plan");
        writePlan(json, rollout.plan());
        json.writeEndObject();
    }

    static RolloutState readState(JsonObject json) throws MalformedDocumentException {
        String id = json.text("id");
        RolloutPlan plan = readPlan(json.object("plan"));
        PinnedVersion candidate = TrafficCodec.readVersion(json, "candidate");
        int step = json.count("step");
        RolloutState.Phase phase = Words.read(json, "phase", RolloutState.Phase.class);
        Principal startedBy = json.value("startedBy", Principal::parse);
        return checked(() -> new RolloutState(id, plan, candidate, step, phase, startedBy));
    }
}
