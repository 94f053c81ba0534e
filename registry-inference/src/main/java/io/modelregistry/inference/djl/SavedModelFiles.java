package io.modelregistry.inference.djl;

import io.modelregistry.inference.ModelLoadException;
import io.modelregistry.inference.ModelSource;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** The files of a SavedModel, and which of them is to blame when it cannot be loaded. */
final class SavedModelFiles {
    private static final String EXPECTED = "a complete SavedModel that TensorFlow can run";
    private static final String VARIABLES = "variables";
    private static final String INDEX = "variables.index";

    private final ModelSource source;

    private SavedModelFiles(ModelSource source) {
        this.source = source;
    }

    static void requireGraph(ModelSource source) {
        Path graph = source.primaryPath();
        Path name = graph.getFileName();
        if (name == null || !name.toString().equals(TensorFlowPredictorProvider.FILE)) {
            throw new ModelLoadException(
                    source,
                    "it is not the graph of a SavedModel",
                    "a folder with " + TensorFlowPredictorProvider.FILE,
                    null);
        }
        if (!Files.isReadable(graph) || Files.isDirectory(graph)) {
            throw new ModelLoadException(source, "the file is missing or cannot be read", EXPECTED, null);
        }
    }

    /** TensorFlow takes a graph whose variables are gone, and fails when it is run. */
    static void requireVariables(ModelSource source, MetaGraphDef graph) {
        boolean restores = graph.hasSaverDef()
                && graph.getGraphDef().getNodeList().stream()
                        .anyMatch(node -> node.getOp().equals("VarHandleOp")
                                || node.getOp().equals("VariableV2"));
        if (restores && !Files.isReadable(source.primaryPath().resolveSibling(VARIABLES + "/" + INDEX))) {
            SavedModelFiles files = new SavedModelFiles(source);
            throw files.blame(INDEX, "the file is missing or cannot be read", null);
        }
    }

    /** Names the damaged file; only asked once TensorFlow has refused the model. */
    static ModelLoadException refusal(ModelSource source, Exception cause) {
        SavedModelFiles files = new SavedModelFiles(source);
        String all = String.valueOf(cause.getMessage());
        String why = files.words(cause);
        if (!files.graphIsWhole()) {
            return new ModelLoadException(source, "it is damaged: " + why, EXPECTED, cause);
        }
        if (all.contains("Restore") || all.contains(VARIABLES)) {
            return files.blame(files.variablesFile(all), "its variables cannot be restored: " + why, cause);
        }
        return new ModelLoadException(source, why, EXPECTED, cause);
    }

    private ModelLoadException blame(String file, String why, @Nullable Exception cause) {
        String relative = source.primaryFile().replace(TensorFlowPredictorProvider.FILE, VARIABLES + "/" + file);
        ModelSource blamed = ModelSource.of(source.id(), source.folder(), source.framework(), relative);
        return new ModelLoadException(blamed, why, EXPECTED, cause);
    }

    private boolean graphIsWhole() {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(source.primaryPath()))) {
            return SavedModel.parseFrom(in).getMetaGraphsCount() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The index if it is gone or to blame itself, else the shard that TensorFlow names, else the first one. */
    private String variablesFile(String why) {
        Path folder = source.primaryPath().resolveSibling(VARIABLES);
        List<String> shards = shards(folder);
        if (!Files.isReadable(folder.resolve(INDEX)) || why.contains(INDEX)) {
            return INDEX;
        }
        Optional<String> named = shards.stream().filter(why::contains).findFirst();
        return named.orElse(shards.isEmpty() ? "variables.data-00000-of-00001" : shards.get(0));
    }

    private static List<String> shards(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .filter(name -> name.startsWith(VARIABLES + ".data-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            // Without a folder there are no shards, and the index is to blame.
            return List.of();
        }
    }

    /** What the engine says, in one line and without the folder, which is that of this machine. */
    private String words(Exception cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        String folder = source.primaryPath().resolveSibling("").toString();
        return message.strip()
                .lines()
                .findFirst()
                .orElse(cause.toString())
                .replace(folder + File.separator, "")
                .replace(folder, "the model's folder");
    }
}
