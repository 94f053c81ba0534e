package io.modelregistry.registry;

import io.modelregistry.model.Alias;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import java.util.SortedMap;

/** The aliases of one model: labels that always name a published version. */
public interface Aliases {
    /** All aliases with the versions that they name. */
    SortedMap<Alias, ModelVersion> all();

    /**
     * Sets or moves an alias. Naming the version that it names already changes nothing.
     *
     * @param target what to name; resolved inside the commit
     * @return the version that the alias names now
     * @throws ModelNotFoundException if the target leads to no version of this model
     */
    ModelVersion set(Alias alias, ModelRef target);

    /**
     * Sets or moves an alias.
     *
     * @param label the alias, such as {@code champion}
     * @param version a version, range, {@code #sequence} or {@code @label} of this model, as in a reference behind the
     *     name
     */
    ModelVersion set(String label, String version);

    /**
     * Removes an alias.
     *
     * @throws ModelNotFoundException if there is none
     */
    void remove(Alias alias);
}
