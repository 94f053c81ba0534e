/** From two model files to checked predictions in production, with a look back and a step back. */
@NullMarked
package io.modelregistry.examples.quickstart;

import org.jspecify.annotations.NullMarked;
