/**
 * Real S3 servers in processes of their own, and an HTTP front before them that puts requests in order or disturbs
 * them.
 */
@NullMarked
package io.modelregistry.storage.s3.server;

import org.jspecify.annotations.NullMarked;
