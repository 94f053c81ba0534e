package io.modelregistry.internal.commit;

import java.time.Clock;
import java.util.function.Supplier;

/**
 * What the protocol takes from outside, so that the same inputs lead to the same bytes.
 *
 * @param clock tells the time of changes; safety does not depend on it
 * @param ids makes ids that are never made twice
 * @param retries says how long to try again
 */
public record Environment(Clock clock, Supplier<String> ids, Retries retries) {}
