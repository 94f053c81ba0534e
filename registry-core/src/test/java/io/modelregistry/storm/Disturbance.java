package io.modelregistry.storm;

import io.modelregistry.storage.StorageNode;
import java.io.IOException;

/** One way in which a call below a registry goes wrong: a call of the node, of the disk, of the network. */
public interface Disturbance {
    /** What goes wrong, for messages. */
    String name();

    /**
     * Prepares one use of stores.
     *
     * @param call the number of the call that goes wrong, from 1; 0 for none
     * @param seed decides what is left to chance
     */
    Strike begin(int call, long seed) throws IOException;

    /** One use of stores, one of whose calls goes wrong. Closing it releases what it holds; stores stay. */
    interface Strike extends AutoCloseable {
        /** Opens a disturbed node over a store; calls are counted over all nodes of this use. */
        StorageNode open(StormStore store) throws IOException;

        /** How many calls were made. */
        int calls();

        /** Whether something went wrong: a call may be of a kind to which it cannot happen. */
        boolean hasStruck();

        /** How many streams were opened and not closed. */
        int openStreams();

        @Override
        void close() throws IOException;
    }
}
