/**
 * TensorFlow SavedModels and TorchScript on the engines of DJL; the only package that touches the classes of DJL,
 * TensorFlow and JavaCPP.
 *
 * <p>Both engines are optional: without their artifacts on the class path the providers report themselves as
 * unavailable and say what to add. Before DJL is used for the first time it is told to stay offline, unless the host
 * decided that itself, so nothing here reaches out to the network. Models are only ever handed over as local files.
 */
@NullMarked
package io.modelregistry.inference.djl;

import org.jspecify.annotations.NullMarked;
