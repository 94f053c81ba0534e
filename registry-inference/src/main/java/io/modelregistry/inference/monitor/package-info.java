/** What serving tells about itself: the hook through which requests are counted and timed. */
@NullMarked
package io.modelregistry.inference.monitor;

import org.jspecify.annotations.NullMarked;
