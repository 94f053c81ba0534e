package io.modelregistry.inference;

import io.modelregistry.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
