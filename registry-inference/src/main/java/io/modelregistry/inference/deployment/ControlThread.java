package io.modelregistry.inference.deployment;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which a deployment is changed, so that changes come one after the other. */
final class ControlThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

    private final String deployment;
    private final ThreadPoolExecutor thread;

    ControlThread(String deployment) {
        this.deployment = deployment;
        this.thread = new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, "deployment-" + deployment);
            created.setDaemon(true);
            return created;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** Runs an action soon; not any more when closed. */
    void post(Runnable action) {
        try {
            thread.execute(() -> {
                try {
                    action.run();
                } catch (RuntimeException | Error e) {
                    LOG.error("The control of deployment '{}' failed", deployment, e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("Deployment '{}' is closed", deployment, e);
        }
    }

    /**
     * Runs an action and waits for its result.
     *
     * @throws RegistryException what the action throws; {@link ErrorCode#OUTCOME_UNKNOWN} if the caller is interrupted
     */
    <T> T call(String what, Callable<T> action) {
        Future<T> future;
        try {
            future = thread.submit(action);
        } catch (RejectedExecutionException e) {
            throw new DeploymentClosedException(deployment);
        }
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(
                    ErrorCode.OUTCOME_UNKNOWN,
                    "Cannot tell whether deployment '%s' did this: %s: the thread was interrupted while it waited, expected to wait"
                            .formatted(deployment, what),
                    e);
        } catch (ExecutionException e) {
            throw Versions.unwrapped(e);
        }
    }

    /** Lets what is under way come to its end, and takes no more. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
