package io.modelregistry.examples.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.BatchScorer;
import io.modelregistry.inference.scoring.SharedPredictor;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Scores rows with Spark: the handle travels with the tasks, and each JVM loads the model once. */
final class SparkJob {
    private static final int PARTITIONS = 4;

    private SparkJob() {}

    /** Runs the job on two threads of this JVM and returns a label for each row, in the order of the rows. */
    static List<Long> score(List<float[]> rows, SharedPredictor model, Path scratch) {
        SparkConf settings = new SparkConf()
                .setMaster("local[2]")
                .setAppName("batch scoring")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.local.dir", scratch.toString());
        try (JavaSparkContext spark = new JavaSparkContext(settings)) {
            return spark.parallelize(rows, PARTITIONS)
                    .mapPartitions(part -> labels(part, model))
                    .collect();
        }
    }

    private static Iterator<Long> labels(Iterator<float[]> rows, SharedPredictor model) {
        Stream<Tensors> inputs = StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                .map(row -> Tensors.of("input", new float[][] {row}));
        return BatchScorer.of(model.predictor())
                .score(inputs)
                .map(Outcome::orThrow)
                .map(outputs -> outputs.get("label").longAt(0))
                .iterator();
    }
}
