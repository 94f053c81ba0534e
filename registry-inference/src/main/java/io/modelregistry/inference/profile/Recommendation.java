package io.modelregistry.inference.profile;

import io.modelregistry.inference.LoadOptions;
import java.util.List;

/**
 * What follows from the measurements.
 *
 * @param loadOptions how to load the model
 * @param batch how many rows to predict in one call, where there are many
 * @param callerThreads how many threads to call with
 * @param reasons why, in words, with the numbers
 */
public record Recommendation(LoadOptions loadOptions, int batch, int callerThreads, List<String> reasons) {
    /** Copies the list. */
    public Recommendation {
        reasons = List.copyOf(reasons);
    }
}
