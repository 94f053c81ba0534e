/** The rules that hold the code base together, checked by every library module over its own classes. */
@NullMarked
package io.modelregistry.architecture;

import org.jspecify.annotations.NullMarked;
