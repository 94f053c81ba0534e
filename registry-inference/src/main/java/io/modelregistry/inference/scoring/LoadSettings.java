package io.modelregistry.inference.scoring;

import io.modelregistry.inference.LoadOptions;
import io.modelregistry.model.InvalidValueException;
import java.io.Serializable;
import java.util.TreeMap;

/** The load options that can travel to another JVM: names and numbers. */
record LoadSettings(
        String providerId,
        String primaryFile,
        String device,
        int intraOpThreads,
        int interOpThreads,
        LoadOptions.MemoryArena arena,
        LoadOptions.Optimization optimization,
        LoadOptions.WeightLoading weights,
        int warmUpRuns,
        int maxBatch,
        TreeMap<String, String> engineOptions)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    static LoadSettings of(LoadOptions options) {
        if (options.findProvider().isPresent()) {
            throw new InvalidValueException(
                    "load options",
                    options.toString(),
                    "they hold a provider, which cannot be shipped",
                    "the id of a provider");
        }
        return new LoadSettings(
                options.findProviderId().orElse(""),
                options.findPrimaryFile().orElse(""),
                options.device(),
                options.intraOpThreads(),
                options.interOpThreads(),
                options.arena(),
                options.optimization(),
                options.weights(),
                options.warmUpRuns(),
                options.maxBatch(),
                new TreeMap<>(options.engineOptions()));
    }

    LoadOptions toOptions() {
        LoadOptions.Builder builder = LoadOptions.builder()
                .device(device)
                .intraOpThreads(intraOpThreads)
                .interOpThreads(interOpThreads)
                .arena(arena)
                .optimization(optimization)
                .weights(weights)
                .warmUpRuns(warmUpRuns)
                .maxBatch(maxBatch);
        engineOptions.forEach(builder::engineOption);
        if (!providerId.isEmpty()) {
            builder.provider(providerId);
        }
        if (!primaryFile.isEmpty()) {
            builder.primaryFile(primaryFile);
        }
        return builder.build();
    }
}
