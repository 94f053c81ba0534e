package io.modelregistry.internal.document;

import static io.modelregistry.internal.document.ValueCodec.checked;
import static io.modelregistry.internal.document.ValueCodec.text;
import static io.modelregistry.internal.document.ValueCodec.texts;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.DataType;
import io.modelregistry.model.Dataset;
import io.modelregistry.model.Digest;
import io.modelregistry.model.FieldValue;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import io.modelregistry.model.JsonSchema;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.ModelInterface;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.model.Shape;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import io.modelregistry.model.Training;
import io.modelregistry.model.UsageNotes;
import io.modelregistry.model.ValueStructure;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON of a {@link Manifest}. */
final class ManifestCodec {
    private ManifestCodec() {}

    static void write(JsonGenerator json, Manifest manifest) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", manifest.id());
        json.writeStringField("name", manifest.name().toString());
        json.writeStringField("version", manifest.version().toString());
        json.writeStringField("framework", manifest.format().framework().name());
        text(json, "frameworkVersion", manifest.format().framework().version().orElse(""));
        text(json, "modelType", manifest.format().modelType());
        json.writeStringField("loadSafety", manifest.format().safety().name());
        json.writeArrayFieldStart("files");
        for (ArtifactFile file : manifest.files()) {
            json.writeStartObject();
            json.writeStringField("path", file.path().value());
            json.writeNumberField("size", file.size());
            json.writeStringField("sha256", file.digest().hex());
            json.writeStringField("kind", file.kind().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        writeInterface(json, manifest.io());
        writeTraining(json, manifest.training());
        if (!manifest.metrics().isEmpty()) {
            json.writeObjectFieldStart("metrics");
            for (Map.Entry<String, Double> metric : manifest.metrics().entrySet()) {
                json.writeNumberField(metric.getKey(), metric.getValue());
            }
            json.writeEndObject();
        }
        json.writeObjectFieldStart("usage");
        ValueCodec.writeUsage(json, manifest.usage());
        json.writeEndObject();
        texts(json, "dependencies", manifest.dependencies());
        ValueCodec.writeFields(json, "fields", manifest.fields());
        json.writeStringField("createdBy", manifest.created().by().toString());
        json.writeStringField("createdAt", manifest.created().at().toString());
        json.writeEndObject();
    }

    static Manifest read(JsonObject json) throws MalformedDocumentException {
        String id = json.text("id");
        ModelName name = json.value("name", ModelName::parse);
        ModelVersion version = json.value("version", ModelVersion::parse);
        String frameworkVersion = json.textOr("frameworkVersion", "");
        Framework framework = json.value("framework", text -> Framework.of(text, frameworkVersion));
        String modelType = json.textOr("modelType", "");
        LoadSafety safety = json.value("loadSafety", LoadSafety::valueOf);
        List<ArtifactFile> files = json.list("files", ManifestCodec::readFile);
        ModelInterface io = readInterface(json);
        Training training = readTraining(json.object("training"));
        SortedMap<String, Double> metrics = new TreeMap<>();
        if (json.has("metrics")) {
            JsonObject object = json.object("metrics");
            for (Map.Entry<String, JsonNode> entry : object.node().properties()) {
                metrics.put(entry.getKey(), object.decimal(entry.getKey()).doubleValue());
            }
        }
        UsageNotes usage = ValueCodec.readUsage(json.object("usage"));
        List<String> dependencies = json.texts("dependencies");
        SortedMap<String, FieldValue> fields = ValueCodec.readFields(json, "fields");
        Principal by = json.value("createdBy", Principal::parse);
        Instant at = json.instant("createdAt");
        return checked(() -> new Manifest(
                id,
                name,
                version,
                new Manifest.ModelFormat(framework, modelType, safety),
                files,
                io,
                training,
                metrics,
                usage,
                dependencies,
                fields,
                new Manifest.Creation(by, at)));
    }

    private static ArtifactFile readFile(JsonObject json) throws MalformedDocumentException {
        ArtifactPath path = json.value("path", ArtifactPath::of);
        Digest digest = json.value("sha256", Digest::ofHex);
        FileKind kind = json.value("kind", FileKind::parse);
        long size = json.number("size");
        return checked(() -> new ArtifactFile(path, size, digest, kind));
    }

    private static void writeInterface(JsonGenerator json, ModelInterface io) throws IOException {
        if (io.input().isPresent()) {
            json.writeFieldName("inputSchema");
            json.writeRawValue(io.input().get().text());
        }
        if (io.output().isPresent()) {
            json.writeFieldName("outputSchema");
            json.writeRawValue(io.output().get().text());
        }
        if (io.signature().isPresent()) {
            json.writeObjectFieldStart("signature");
            writeSpecs(json, "inputs", io.signature().get().inputs());
            writeSpecs(json, "outputs", io.signature().get().outputs());
            json.writeEndObject();
        }
    }

    private static ModelInterface readInterface(JsonObject json) throws MalformedDocumentException {
        Optional<TensorSignature> signature = Optional.empty();
        if (json.has("signature")) {
            JsonObject object = json.object("signature");
            List<TensorSpec> inputs = object.list("inputs", ManifestCodec::readSpec);
            List<TensorSpec> outputs = object.list("outputs", ManifestCodec::readSpec);
            signature = Optional.of(checked(() -> new TensorSignature(inputs, outputs)));
        }
        return new ModelInterface(readSchema(json, "inputSchema"), readSchema(json, "outputSchema"), signature);
    }

    private static Optional<JsonSchema> readSchema(JsonObject json, String field) throws MalformedDocumentException {
        JsonNode schema = json.node().get(field);
        return schema == null ? Optional.empty() : Optional.of(checked(() -> JsonSchema.parse(schema.toString())));
    }

    private static void writeSpecs(JsonGenerator json, String field, List<TensorSpec> specs) throws IOException {
        json.writeArrayFieldStart(field);
        for (TensorSpec spec : specs) {
            json.writeStartObject();
            json.writeStringField("name", spec.name());
            if (!spec.isTensor()) {
                json.writeStringField("structure", spec.structure().name());
            }
            json.writeStringField("datatype", spec.type().name());
            json.writeStringField("shape", spec.shape().toString());
            if (spec.finite()) {
                json.writeBooleanField("finite", true);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static TensorSpec readSpec(JsonObject json) throws MalformedDocumentException {
        String name = json.text("name");
        ValueStructure structure =
                json.findValue("structure", ValueStructure::valueOf).orElse(ValueStructure.TENSOR);
        DataType type = json.value("datatype", DataType::valueOf);
        Shape shape = json.value("shape", Shape::parse);
        boolean finite = json.flagOr("finite", false);
        return checked(() -> new TensorSpec(name, structure, type, shape, finite));
    }

    private static void writeTraining(JsonGenerator json, Training training) throws IOException {
        json.writeObjectFieldStart("training");
        text(json, "jobId", training.jobId());
        text(json, "commit", training.commit());
        text(json, "repository", training.repository());
        text(json, "trainingScript", training.trainingScript());
        text(json, "preprocessingScript", training.preprocessingScript());
        text(json, "baseModel", training.baseModel());
        ValueCodec.writeFields(json, "hyperparameters", training.hyperparameters());
        if (!training.datasets().isEmpty()) {
            json.writeArrayFieldStart("datasets");
            for (Dataset dataset : training.datasets()) {
                json.writeStartObject();
                json.writeStringField("name", dataset.name());
                text(json, "version", dataset.version());
                text(json, "uri", dataset.uri());
                text(json, "role", dataset.role());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        texts(json, "features", training.features());
        text(json, "featureStore", training.featureStore());
        json.writeEndObject();
    }

    private static Training readTraining(JsonObject json) throws MalformedDocumentException {
        String jobId = json.textOr("jobId", "");
        String commit = json.textOr("commit", "");
        String repository = json.textOr("repository", "");
        String trainingScript = json.textOr("trainingScript", "");
        String preprocessingScript = json.textOr("preprocessingScript", "");
        String baseModel = json.textOr("baseModel", "");
        SortedMap<String, FieldValue> hyperparameters = ValueCodec.readFields(json, "hyperparameters");
        List<Dataset> datasets = json.list("datasets", ManifestCodec::readDataset);
        List<String> features = json.texts("features");
        String featureStore = json.textOr("featureStore", "");
        return checked(() -> new Training(
                jobId,
                commit,
                repository,
                trainingScript,
                preprocessingScript,
                baseModel,
                hyperparameters,
                datasets,
                features,
                featureStore));
    }

    private static Dataset readDataset(JsonObject json) throws MalformedDocumentException {
        String name = json.text("name");
        String version = json.textOr("version", "");
        String uri = json.textOr("uri", "");
        String role = json.textOr("role", "");
        return checked(() -> new Dataset(name, version, uri, role));
    }
}
