package io.modelregistry.maintenance;

/** Hears how far a check or a copy is, on the thread that does it. What it throws ends the work. */
@FunctionalInterface
public interface MaintenanceProgress {
    /** Hears nothing. */
    MaintenanceProgress NONE = (key, objects, bytes) -> {};

    /**
     * One more object was read.
     *
     * @param key the object
     * @param objects how many were read so far
     * @param bytes how many bytes they have together
     */
    void onObject(String key, long objects, long bytes);
}
