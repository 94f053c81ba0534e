package io.modelregistry.storage.s3;

import io.modelregistry.architecture.ArchitectureContract;

class ArchitectureTest extends ArchitectureContract {}
