package io.modelregistry.storm;

import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;

/**
 * An operation that faults are let loose on.
 *
 * @param name what is done
 * @param before what has to happen first, without faults
 * @param operation what is done
 * @param effect what its effect is, which decides how it is checked
 */
record FaultScript(String name, Deed before, Deed operation, Effect effect) {
    /** What an operation leaves behind. */
    enum Effect {
        /** One commit that can be repeated. */
        COMMITS,
        /** A version whose number is free to choose: what an attempt has claimed is passed over by the next. */
        ADDS_A_VERSION,
        /** Nothing. */
        READS,
        /** What nobody sees is gone. */
        COLLECTS,
        /** Models in the other store. */
        COPIES
    }

    /** What a deed has at hand. */
    record Scene(StorageNode node, ModelRegistry registry, StorageNode other) {}

    /** Something that is done. */
    @FunctionalInterface
    interface Deed {
        /** Does it. */
        void on(Scene scene) throws IOException;

        /** Does another thing behind it. */
        default Deed then(Deed next) {
            return scene -> {
                on(scene);
                next.on(scene);
            };
        }
    }
}
