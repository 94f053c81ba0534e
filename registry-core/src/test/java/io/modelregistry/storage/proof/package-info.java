/** Proves the contract kit: it goes red, in the test that is meant for it, for nodes with a planted defect. */
@NullMarked
package io.modelregistry.storage.proof;

import org.jspecify.annotations.NullMarked;
