package io.modelregistry.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a version comes from. Texts that are not known are empty; references are kept for people and never opened.
 *
 * @param jobId the training job or run
 * @param commit the commit SHA of the code
 * @param repository the repository of the code
 * @param trainingScript a reference to the training script
 * @param preprocessingScript a reference to the preprocessing script
 * @param baseModel the model that this one was tuned from, as a reference or a URL
 * @param hyperparameters by name
 * @param datasets in the order given
 * @param features the names of the features in the model's order
 * @param featureStore a reference to the feature store that holds them
 */
public record Training(
        String jobId,
        String commit,
        String repository,
        String trainingScript,
        String preprocessingScript,
        String baseModel,
        SortedMap<String, FieldValue> hyperparameters,
        List<Dataset> datasets,
        List<String> features,
        String featureStore) {
    /** Nothing is known. */
    public static final Training UNKNOWN = builder().build();

    /** Copies the collections and checks names. */
    public Training {
        for (String text :
                List.of(jobId, commit, repository, trainingScript, preprocessingScript, baseModel, featureStore)) {
            Texts.bounded("training fact", text, Texts.MAX_TEXT);
        }
        hyperparameters = Texts.fields("hyperparameter", hyperparameters);
        datasets = List.copyOf(datasets);
        features = List.copyOf(features);
        features.forEach(feature -> Texts.required("feature name", feature));
    }

    /** A builder with nothing known. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects what is known; not thread-safe. */
    public static final class Builder {
        private String jobId = "";
        private String commit = "";
        private String repository = "";
        private String trainingScript = "";
        private String preprocessingScript = "";
        private String baseModel = "";
        private final Map<String, FieldValue> hyperparameters = new TreeMap<>();
        private final List<Dataset> datasets = new ArrayList<>();
        private List<String> features = List.of();
        private String featureStore = "";

        private Builder() {}

        /** The training job or run. */
        public Builder jobId(String id) {
            jobId = Objects.requireNonNull(id);
            return this;
        }

        /** The commit SHA of the code. */
        public Builder commit(String sha) {
            commit = Objects.requireNonNull(sha);
            return this;
        }

        /** The repository of the code. */
        public Builder repository(String url) {
            repository = Objects.requireNonNull(url);
            return this;
        }

        /** A reference to the training script. */
        public Builder trainingScript(String reference) {
            trainingScript = Objects.requireNonNull(reference);
            return this;
        }

        /** A reference to the preprocessing script. */
        public Builder preprocessingScript(String reference) {
            preprocessingScript = Objects.requireNonNull(reference);
            return this;
        }

        /** The model that this one was tuned from. */
        public Builder baseModel(String reference) {
            baseModel = Objects.requireNonNull(reference);
            return this;
        }

        /** Adds or replaces a hyperparameter. */
        public Builder hyperparameter(String name, FieldValue value) {
            hyperparameters.put(name, value);
            return this;
        }

        /** Adds a data set. */
        public Builder dataset(Dataset dataset) {
            datasets.add(dataset);
            return this;
        }

        /** The features in the model's order, and the store that holds them (empty if none). */
        public Builder features(List<String> names, String store) {
            features = List.copyOf(names);
            featureStore = Objects.requireNonNull(store);
            return this;
        }

        /** The value. */
        public Training build() {
            return new Training(
                    jobId,
                    commit,
                    repository,
                    trainingScript,
                    preprocessingScript,
                    baseModel,
                    new TreeMap<>(hyperparameters),
                    datasets,
                    features,
                    featureStore);
        }
    }
}
