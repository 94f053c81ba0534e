package io.modelregistry.inference.djl;

import java.util.Objects;

/**
 * System properties that DJL reads while it starts. What the host has set, there or in the environment, stays.
 *
 * <p>Without them DJL asks the cloud's metadata service where it runs, reports that home, and downloads a native
 * library that it does not find.
 */
final class DjlSettings {
    private static final String ONE_THREAD = "1";

    private DjlSettings() {}

    static void stayOffline() {
        setUnlessSet("ai.djl.offline", "DJL_OFFLINE", "true");
    }

    /**
     * One thread per operator for a whole engine, which reads this once per process. Its own default is one thread per
     * core, which several callers at once do not get along with.
     *
     * @param intraOp the engine's property for threads that share the work of one operator
     * @param interOp the engine's property for operators that run at the same time
     */
    static void defaultToOneThread(String intraOp, String interOp) {
        setUnlessSet(intraOp, "", ONE_THREAD);
        setUnlessSet(interOp, "", ONE_THREAD);
    }

    /** The value of the environment or, if it has none, of the system properties. */
    static boolean isSet(String name) {
        return System.getenv(name) != null || System.getProperty(name) != null;
    }

    /** What {@link #defaultToOneThread} left there. */
    static String valueOf(String property) {
        return Objects.requireNonNullElse(System.getProperty(property), "");
    }

    private static void setUnlessSet(String property, String variable, String value) {
        if (System.getProperty(property) == null && (variable.isEmpty() || System.getenv(variable) == null)) {
            System.setProperty(property, value);
        }
    }
}
