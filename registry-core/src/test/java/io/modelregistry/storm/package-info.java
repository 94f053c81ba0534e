/**
 * Storms: long seeded tests of the promises under faults, races, random use and damage.
 *
 * <p>Each storm is written once, over {@link io.modelregistry.storm.StormStores}, and blows over every kind of store.
 */
@NullMarked
package io.modelregistry.storm;

import org.jspecify.annotations.NullMarked;
