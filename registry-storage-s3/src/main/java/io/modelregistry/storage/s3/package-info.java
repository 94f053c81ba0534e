/**
 * A {@link io.modelregistry.storage.StorageNode} in an S3 bucket.
 *
 * <p>This package adapts the AWS SDK for Java 2, whose types appear where a host configures it.
 */
@NullMarked
package io.modelregistry.storage.s3;

import org.jspecify.annotations.NullMarked;
