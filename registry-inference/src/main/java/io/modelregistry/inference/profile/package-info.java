/**
 * Measures what a model costs on this machine: latency, throughput, memory and load time, and what options follow from
 * that. Start at {@link io.modelregistry.inference.profile.ModelProfiler}.
 */
@NullMarked
package io.modelregistry.inference.profile;

import org.jspecify.annotations.NullMarked;
