package io.modelregistry.storage.fs;

/** What a name on a {@link SimulatedDisk} leads to. */
sealed interface DiskEntry permits DiskFile, DiskFolder {}
