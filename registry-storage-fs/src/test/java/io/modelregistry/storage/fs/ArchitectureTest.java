package io.modelregistry.storage.fs;

import io.modelregistry.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
