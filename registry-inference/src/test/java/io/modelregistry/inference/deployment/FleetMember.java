package io.modelregistry.inference.deployment;

import java.io.IOException;
import java.util.List;

/** One instance of a fleet, in this process or another. */
interface FleetMember extends AutoCloseable {
    /** Does something, as {@link FleetInstance#command} says, and returns what came of it. */
    String ask(String command) throws Exception;

    /** What it has seen so far. */
    List<String> record() throws Exception;

    @Override
    void close() throws IOException;
}
