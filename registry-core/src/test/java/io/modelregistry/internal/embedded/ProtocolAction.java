package io.modelregistry.internal.embedded;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a client of a {@link ProtocolProgram} does. */
sealed interface ProtocolAction {
    /** A version that is the next one when it is registered. */
    String NEXT = "next";

    /**
     * The content of a version.
     *
     * @param files bytes by path
     * @param metric something that the manifest says besides
     */
    record Files(SortedMap<String, String> files, double metric) {
        /** Both files, one way. */
        static final Files A = of(Map.of("f0", "A0", "f1", "A1"));

        /** Both files, another way. */
        static final Files B = of(Map.of("f0", "B0", "f1", "B1"));

        /** Only the second file, with a content of its own. */
        static final Files SECOND = of(Map.of("f1", "C1"));

        /** Only the first file. */
        static final Files FIRST = of(Map.of("f0", "D0"));

        /** The files of {@link #A}, about which something else is said. */
        static final Files A_OTHERWISE = new Files(A.files(), 0.5);

        static Files of(Map<String, String> files) {
            return new Files(new TreeMap<>(files), 1);
        }

        @Override
        public String toString() {
            return files.values() + (metric == 1 ? "" : "'");
        }
    }

    /** Registers a version at once. */
    record Register(String version, Files files) implements ProtocolAction {}

    /** Registers a version by an upload in several calls. */
    record Upload(String version, Files files) implements ProtocolAction {}

    /** Moves a version to production. */
    record Promote(String version) implements ProtocolAction {}

    /** Brings a version back to production. */
    record RollBack(String version) implements ProtocolAction {}

    /** Lets an alias name a version. */
    record SetAlias(String alias, String version) implements ProtocolAction {}

    /** Removes an alias. */
    record RemoveAlias(String alias) implements ProtocolAction {}

    /** Attaches a text to a version. */
    record Attach(String version, String text) implements ProtocolAction {}

    /** Collects what was uploaded for a version and is not part of it. */
    record CollectVersion(String version) implements ProtocolAction {}

    /** Collects the pages that the head does not lead to. */
    record CollectPages() implements ProtocolAction {}

    /** Reads all versions. */
    record Read() implements ProtocolAction {}
}
