/** Opens registries: {@link io.modelregistry.ModelRegistries} wires what the other packages hold. */
@NullMarked
package io.modelregistry;

import org.jspecify.annotations.NullMarked;
