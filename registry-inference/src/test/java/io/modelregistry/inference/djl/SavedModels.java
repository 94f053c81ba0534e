package io.modelregistry.inference.djl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/** Writes small SavedModels without variables for cases that the bundled fixture does not have. */
final class SavedModels {
    private final GraphDef.Builder graph =
            GraphDef.newBuilder().setVersions(VersionDef.newBuilder().setProducer(1000));
    private final SignatureDef.Builder signature = SignatureDef.newBuilder();

    /** An input with these sizes; -1 is dynamic, and {@code null} an unknown number of dimensions. */
    SavedModels input(String name, DataType type, long... sizes) {
        TensorShapeProto shape = shape(sizes);
        graph.addNode(NodeDef.newBuilder()
                .setName(name)
                .setOp("Placeholder")
                .putAttr("dtype", attribute(type))
                .putAttr("shape", AttrValue.newBuilder().setShape(shape).build()));
        signature.putInputs(name, tensor(name, type, shape));
        return this;
    }

    SavedModels output(String name, String node, DataType type, long... sizes) {
        signature.putOutputs(name, tensor(node, type, shape(sizes)));
        return this;
    }

    SavedModels node(String name, String operator, Map<String, AttrValue> attributes, String... inputs) {
        NodeDef.Builder node =
                NodeDef.newBuilder().setName(name).setOp(operator).putAllAttr(attributes);
        for (String input : inputs) {
            node.addInput(input);
        }
        graph.addNode(node);
        return this;
    }

    SavedModels floats(String name, float... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(shape(values.length));
        for (float value : values) {
            tensor.addFloatVal(value);
        }
        AttrValue value = AttrValue.newBuilder().setTensor(tensor).build();
        return node(name, "Const", Map.of("dtype", attribute(DataType.DT_FLOAT), "value", value));
    }

    static AttrValue attribute(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    private static TensorInfo tensor(String node, DataType type, TensorShapeProto shape) {
        return TensorInfo.newBuilder()
                .setName(node + ":0")
                .setDtype(type)
                .setTensorShape(shape)
                .build();
    }

    private static TensorShapeProto shape(long... sizes) {
        if (sizes == null) {
            return TensorShapeProto.newBuilder().setUnknownRank(true).build();
        }
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : sizes) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return shape.build();
    }

    Path write(Path folder) {
        return write(folder, "serving_default");
    }

    Path write(Path folder, String signatureName) {
        MetaGraphDef.Builder meta = MetaGraphDef.newBuilder()
                .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                .setGraphDef(graph)
                .putSignatureDef(signatureName, signature.build());
        SavedModel model = SavedModel.newBuilder()
                .setSavedModelSchemaVersion(1)
                .addMetaGraphs(meta)
                .build();
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve("saved_model.pb"), model.toByteArray());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
