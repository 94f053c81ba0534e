package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import io.modelregistry.serialization.ProtobufFields.WireType;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * TensorFlow's {@code SavedModel} message (saved_model.proto): a schema version of 1 and one or more
 * {@code MetaGraphDef}s. The variables lie in other files of the folder.
 */
final class SavedModelProbe implements Probe {
    /** What such a model reads its variables from, seen from its folder. */
    static final String VARIABLES = "variables/variables.index";

    private static final int FUNCTION_DEPTH = 3;
    private static final Set<String> VARIABLE_OPERATORS = Set.of("VarHandleOp", "VariableV2", "Variable");
    private static final Set<String> REACHING_OUT = Set.of(
            "ReadFile",
            "WriteFile",
            "MatchingFiles",
            "PyFunc",
            "PyFuncStateless",
            "EagerPyFunc",
            "LookupTableImportV2");

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        ProtobufFields fields = ProtobufFields.of(bytes);
        Model model = new Model();
        while (fields.next()) {
            boolean schemaVersion = fields.is(1, WireType.VARINT) && fields.value() == 1;
            boolean metaGraph = fields.isBytes(2) && model.metaGraph(fields.message());
            if (!schemaVersion && !metaGraph) {
                return Optional.empty();
            }
            if (fields.overruns()) {
                model.damage = "it ends in the middle of a meta graph: truncated";
            }
        }
        if (model.metaGraphs == 0) {
            return Optional.empty();
        }
        if (!fields.problem().isEmpty()) {
            model.damage = "it stops making sense: " + fields.problem();
        }
        return Optional.of(model.finding());
    }

    /** What one walk has seen. */
    private static final class Model {
        private int metaGraphs;
        private int nodes;
        private String version = "";
        private String damage = "";
        private boolean lookedAtAll = true;
        private boolean hasVariables;
        private final TreeSet<String> tags = new TreeSet<>();
        private final TreeSet<String> signatures = new TreeSet<>();
        private final TreeSet<String> reachingOut = new TreeSet<>();

        /** False when this cannot be a meta graph. */
        boolean metaGraph(ProtobufFields fields) throws IOException {
            int known = 0;
            try {
                while (fields.next()) {
                    if (fields.wire() != WireType.BYTES || fields.field() > 7) {
                        return false;
                    }
                    switch (fields.field()) {
                        case 1 -> known += metaInformation(fields.message()) ? 1 : 0;
                        case 2 -> {
                            nodes(fields.message(), 1);
                            known += nodes > 0 ? 1 : 0;
                        }
                        case 5 -> signature(fields.message());
                        default -> {}
                    }
                }
            } catch (ReadLimitException e) {
                lookedAtAll = false;
            }
            metaGraphs++;
            return known > 0;
        }

        private boolean metaInformation(ProtobufFields fields) throws IOException {
            boolean fits = false;
            while (fields.next()) {
                boolean tag = fields.isBytes(4);
                if (!tag && !fields.isBytes(5)) {
                    continue;
                }
                String text = fields.text();
                fits |= !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
                if (!tag) {
                    version = text;
                } else if (tags.size() < 32) {
                    tags.add(text);
                }
            }
            return fits;
        }

        private void signature(ProtobufFields fields) throws IOException {
            while (fields.next()) {
                if (fields.isBytes(1) && signatures.size() < 100) {
                    signatures.add(fields.text());
                }
            }
        }

        /**
         * Looks at the operators of a graph (field 1 its nodes, field 2 its library) and of the functions in a library
         * (field 1 a function, whose field 3 are nodes).
         */
        private void nodes(ProtobufFields graph, int depth) throws IOException {
            while (graph.next()) {
                boolean library = depth == 2 && graph.isBytes(1);
                boolean ofGraph = depth == 1 && graph.isBytes(1);
                if (ofGraph || (depth == FUNCTION_DEPTH && graph.isBytes(3))) {
                    operator(graph.message());
                } else if (library || (depth == 1 && graph.isBytes(2))) {
                    nodes(graph.message(), depth + 1);
                }
            }
        }

        private void operator(ProtobufFields node) throws IOException {
            boolean named = false;
            while (node.next()) {
                named |= node.isBytes(1);
                if (named && node.isBytes(2)) {
                    nodes++;
                    String operator = node.text();
                    hasVariables |= VARIABLE_OPERATORS.contains(operator);
                    if (REACHING_OUT.contains(operator)) {
                        reachingOut.add(operator);
                    }
                    return;
                }
            }
        }

        Finding finding() {
            Finding finding = Finding.certain(
                    Framework.TENSORFLOW,
                    "savedmodel",
                    LoadSafety.DATA_ONLY,
                    "it is a SavedModel message with " + metaGraphs + " meta graph" + (metaGraphs == 1 ? "" : "s"));
            finding.version(version)
                    .detail("tags", String.join(", ", tags))
                    .detail("signatures", String.join(", ", signatures));
            if (hasVariables) {
                finding.refersTo(VARIABLES);
            }
            if (!reachingOut.isEmpty()) {
                finding.atLeast(LoadSafety.UNKNOWN)
                        .warn("its graph has operators that reach out of it: " + String.join(", ", reachingOut));
            }
            if (!lookedAtAll) {
                finding.warn("its graph is too large to have been looked at as a whole");
            }
            if (!damage.isEmpty()) {
                finding.unsure().damage(damage);
            }
            return finding;
        }
    }
}
