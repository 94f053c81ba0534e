package io.modelregistry.architecture;

class ArchitectureTest extends ArchitectureContract {}
