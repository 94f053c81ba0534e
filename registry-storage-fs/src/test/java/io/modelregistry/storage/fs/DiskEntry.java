package io.modelregistry.storage.fs;

/** What a name on a {@link SimulatedDisk} leads to. */
sealed interface DiskEntry permits DiskFile, DiskFolder {
    /** Tells it from all others on the disk; later ones have higher numbers. */
    long number();
}
