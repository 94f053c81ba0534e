package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.serialization.ProtobufFields.WireType;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * ONNX: a {@code ModelProto} (onnx.proto, IR versions 1 to 13 and what keeps their numbering), recognised by its field
 * numbers and types, with an IR version and a graph whose own fields fit.
 */
final class OnnxProbe implements Probe {
    private static final int MAX_IR_VERSION = 64;
    private static final int MAX_FIELDS = 100_000;

    /** So many jumps leave enough of what may be read for the fields behind the graph. */
    private static final int MAX_GRAPH_FIELDS = 12_000;

    private static final Set<Integer> MODEL_BYTES = Set.of(2, 3, 4, 6, 7, 8, 14, 20, 25, 26);
    private static final Set<Integer> MODEL_NUMBERS = Set.of(1, 5);
    private static final Set<Integer> GRAPH_BYTES = Set.of(1, 2, 5, 10, 11, 12, 13, 14, 15, 16);
    private static final Set<String> KNOWN_DOMAINS =
            Set.of("", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "com.microsoft");

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        if (bytes.size() < 8) {
            return Optional.empty();
        }
        return new Model(bytes).read();
    }

    /** What one walk over the model has seen. */
    private static final class Model {
        private final ByteSource bytes;
        private final TreeMap<String, Long> opsets = new TreeMap<>();
        private final TreeSet<String> external = new TreeSet<>();
        private long irVersion = -1;
        private String producer = "";
        private boolean graphSeen;
        private String damage = "";
        private boolean lookedAtAll = true;
        private long nodes;
        private long initializers;

        Model(ByteSource bytes) {
            this.bytes = bytes;
        }

        Optional<Finding> read() throws IOException {
            ProtobufFields fields = ProtobufFields.of(bytes);
            try {
                if (!walk(fields)) {
                    return Optional.empty();
                }
            } catch (ReadLimitException e) {
                lookedAtAll = false;
            }
            if (!graphSeen || irVersion < 0) {
                return Optional.empty();
            }
            if (damage.isEmpty() && !fields.problem().isEmpty()) {
                damage = "it stops making sense: " + fields.problem();
            }
            return Optional.of(finding());
        }

        /** False when this cannot be a model. */
        private boolean walk(ProtobufFields fields) throws IOException {
            int count = 0;
            while (fields.next()) {
                if (!fits(fields) || ++count > MAX_FIELDS) {
                    damage = "after the graph follows what no model has, at byte " + fields.at();
                    return graphSeen && irVersion >= 0;
                }
                if (!take(fields)) {
                    return false;
                }
            }
            return true;
        }

        private boolean fits(ProtobufFields fields) {
            Set<Integer> numbers = switch (fields.wire()) {
                case BYTES -> MODEL_BYTES;
                case VARINT -> MODEL_NUMBERS;
                case FIXED32, FIXED64 -> Set.of();
            };
            return numbers.contains(fields.field());
        }

        /** False when this cannot be a model. */
        private boolean take(ProtobufFields fields) throws IOException {
            switch (fields.field()) {
                case 1 -> {
                    irVersion = fields.value();
                    return irVersion >= 1 && irVersion <= MAX_IR_VERSION;
                }
                case 2 -> producer = fields.text() + producer;
                case 3 -> producer = producer + " " + fields.text();
                case 7 -> {
                    return graph(fields);
                }
                case 8 -> opset(fields.message());
                default -> {}
            }
            if (fields.overruns()) {
                damage = "it ends in the middle of its field " + fields.field() + ": truncated";
            }
            return true;
        }

        private void opset(ProtobufFields fields) throws IOException {
            String domain = "";
            long version = -1;
            while (fields.next()) {
                if (fields.isBytes(1)) {
                    domain = fields.text();
                } else if (fields.is(2, WireType.VARINT)) {
                    version = fields.value();
                }
            }
            if (version >= 0 && opsets.size() < 32) {
                opsets.put(domain, version);
            }
        }

        private boolean graph(ProtobufFields model) throws IOException {
            ProtobufFields fields = model.message();
            int count = 0;
            try {
                while (count < MAX_GRAPH_FIELDS && fields.next()) {
                    if (fields.wire() != WireType.BYTES || !GRAPH_BYTES.contains(fields.field())) {
                        if (count < 2) {
                            return false;
                        }
                        damage = "its graph has a field that no graph has, at byte " + fields.at();
                        break;
                    }
                    count++;
                    nodes += fields.field() == 1 ? 1 : 0;
                    if (fields.field() == 5) {
                        initializers++;
                        initializer(fields.message());
                    }
                }
            } catch (ReadLimitException e) {
                lookedAtAll = false;
            }
            if (count == 0) {
                return false;
            }
            lookedAtAll &= count < MAX_GRAPH_FIELDS;
            graphSeen = true;
            if (model.overruns() || fields.overruns()) {
                damage = "it ends in the middle of its graph: truncated";
            } else if (damage.isEmpty() && !fields.problem().isEmpty()) {
                damage = "its graph stops making sense: " + fields.problem();
            }
            return true;
        }

        /** Collects where a tensor's data lie, if not in the model. */
        private void initializer(ProtobufFields fields) throws IOException {
            while (fields.next()) {
                if (!fields.isBytes(13)) {
                    continue;
                }
                String key = "";
                String value = "";
                ProtobufFields entry = fields.message();
                while (entry.next()) {
                    if (entry.isBytes(1)) {
                        key = entry.text();
                    } else if (entry.isBytes(2)) {
                        value = entry.text();
                    }
                }
                if (key.equals("location") && external.size() < 1_000) {
                    external.add(value);
                }
            }
        }

        private Finding finding() {
            Finding finding = Finding.certain(
                    Framework.ONNX,
                    "onnx",
                    LoadSafety.DATA_ONLY,
                    "it is a ModelProto of IR version " + irVersion + " with a graph of "
                            + (lookedAtAll ? "" : "at least ") + nodes + " nodes");
            finding.detail("ir_version", Long.toString(irVersion))
                    .detail("producer", producer.strip())
                    .detail("initializers", Long.toString(initializers));
            opsets.forEach((domain, version) ->
                    finding.detail(domain.isEmpty() ? "opset" : "opset." + domain, Long.toString(version)));
            Long opset = opsets.getOrDefault("", opsets.get("ai.onnx"));
            if (opset != null) {
                finding.version("opset" + opset);
            }
            opsets.keySet().stream()
                    .filter(domain -> !KNOWN_DOMAINS.contains(domain))
                    .forEach(domain -> finding.warn("it uses operators of domain '" + Finding.printable(domain)
                            + "', for which the engine needs a library"));
            external.forEach(finding::refersTo);
            if (!damage.isEmpty()) {
                finding.unsure().damage(damage);
            }
            return finding;
        }
    }
}
