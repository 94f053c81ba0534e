/** What looking after a registry's store leads to: findings of a check, plans and results of a collection, copies. */
@NullMarked
package io.modelregistry.maintenance;

import org.jspecify.annotations.NullMarked;
