package io.modelregistry.inference.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** The runtime's environment, of which there is one in a process. */
final class OnnxEnvironment {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    /** What one byte of the command line was seen to take, 264 bytes, and some more. */
    private static final long STACK_PER_BYTE = 384;

    private static final long LEAST_STACK = 64L << 20;

    private OnnxEnvironment() {}

    /**
     * The environment; made the first time, without thread options so that other libraries can have it too.
     *
     * <p>While it is made, the runtime's telemetry searches the command line of the process with a recursive regular
     * expression. From about 4 kB on, which a class path easily reaches, that overflows a stack of the usual size and
     * ends the process; hence a thread with a stack to suit, of which only what is used takes memory. It costs a load
     * little, so nothing is kept of the first time.
     */
    static OrtEnvironment get() {
        FutureTask<OrtEnvironment> task = new FutureTask<>(OrtEnvironment::getEnvironment);
        new Thread(null, task, "onnxruntime-start", stackBytes()).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw refusal(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long stackBytes() {
        try {
            return Math.max(LEAST_STACK, Files.readAllBytes(COMMAND_LINE).length * STACK_PER_BYTE);
        } catch (IOException e) {
            // Only Linux has this file, and only its build of the runtime does this search.
            return LEAST_STACK;
        }
    }

    private static RuntimeException refusal(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }
}
