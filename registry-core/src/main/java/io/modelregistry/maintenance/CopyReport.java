package io.modelregistry.maintenance;

import io.modelregistry.model.ModelName;
import java.util.List;
import java.util.Objects;

/**
 * What a copy did.
 *
 * @param models the models that were copied or compared
 * @param objects how many objects were written
 * @param bytes how many bytes they have together
 */
public record CopyReport(List<CopiedModel> models, long objects, long bytes) {
    /** Copies the list. */
    public CopyReport {
        models = List.copyOf(models);
    }

    /**
     * What a copy did to one model.
     *
     * @param name the model
     * @param from the revision that the target was at; 0 if it had no such model
     * @param to the revision that it is at now
     * @param versions how many versions it has that it had not before
     */
    public record CopiedModel(ModelName name, long from, long to, long versions) {
        /** Checks for null. */
        public CopiedModel {
            Objects.requireNonNull(name, "name");
        }

        /** Whether the target had everything. */
        public boolean wasUpToDate() {
            return from == to;
        }
    }
}
