package io.modelregistry.cache;

/**
 * Hears when a registry begins to answer from its cache alone, and when it ends. Called by the thread whose call found
 * it out, which goes on when the method returns; may be called by several threads.
 */
public interface OfflineListener {
    /**
     * Answers may be out of date from now on, and changes are refused.
     *
     * @param why what the store's node said
     */
    void offline(String why);

    /** The store answers again. */
    void online();
}
