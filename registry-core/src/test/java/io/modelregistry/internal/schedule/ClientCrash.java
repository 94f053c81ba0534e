package io.modelregistry.internal.schedule;

/** Ends a client in the middle of a call; an error, so that no code under test handles it. */
final class ClientCrash extends Error {
    private static final long serialVersionUID = 1L;

    ClientCrash() {
        super("The client crashed", null, false, false);
    }
}
