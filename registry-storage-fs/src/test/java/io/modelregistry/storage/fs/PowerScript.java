package io.modelregistry.storage.fs;

import java.io.IOException;
import java.util.List;

/**
 * What is done on a machine whose power is cut at each of its steps.
 *
 * @param name what it does
 * @param before what has been done on the disk, and is certain
 * @param acts what is done, one commit of a model each
 * @param kind whether the acts may be done by themselves
 */
record PowerScript(String name, Act before, List<Act> acts, Kind kind) {
    /** Acts that need no other before them can be repeated by a process that was started anew. */
    enum Kind {
        REPEATABLE,
        IN_A_ROW
    }

    /** One thing that is done. */
    @FunctionalInterface
    interface Act {
        void on(PowerMachine machine) throws IOException;

        default Act then(Act next) {
            return machine -> {
                on(machine);
                next.on(machine);
            };
        }
    }
}
