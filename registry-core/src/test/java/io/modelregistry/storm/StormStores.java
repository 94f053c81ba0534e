package io.modelregistry.storm;

import java.io.IOException;

/** Makes stores of one kind. */
public interface StormStores {
    /** The kind, for messages. */
    String name();

    /** A store that holds nothing. */
    StormStore create() throws IOException;
}
