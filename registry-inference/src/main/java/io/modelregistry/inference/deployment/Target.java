package io.modelregistry.inference.deployment;

/**
 * Where requests go: made once for each routing table, so that routing makes nothing.
 *
 * @param deployment the deployment
 * @param variant the side of the split
 * @param version what serves it
 */
record Target(String deployment, String variant, ServingVersion version) {}
