package io.modelregistry.internal.embedded;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.event.RegistryListener;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.History;
import io.modelregistry.registry.RegistryClosedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for new events in intervals on a thread of its own; an unchanged head costs one conditional read. */
final class PollingWatch implements History.Watch, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PollingWatch.class);
    private static final int PAGE = 100;

    private final Engine engine;
    private final EmbeddedHistory history;
    private final Terms terms;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Runnable whenClosed = this::stop;
    private volatile long revision;

    /** What was asked for. */
    record Terms(ModelName name, long afterRevision, Duration interval, RegistryListener listener) {}

    private PollingWatch(Engine engine, EmbeddedHistory history, Terms terms) {
        this.engine = engine;
        this.history = history;
        this.terms = terms;
        this.revision = terms.afterRevision();
    }

    static PollingWatch start(Engine engine, EmbeddedHistory history, Terms terms) {
        PollingWatch watch = new PollingWatch(engine, history, terms);
        Thread thread = new Thread(watch, "registry-watch-" + terms.name());
        thread.setDaemon(true);
        engine.whenClosed(watch.whenClosed);
        thread.start();
        return watch;
    }

    @Override
    public void run() {
        try {
            do {
                pollOrLog();
            } while (!stopped.await(terms.interval().toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever goes wrong, the watch goes on until it is closed: nobody would notice that it has ended. */
    private void pollOrLog() {
        try {
            poll();
        } catch (RegistryClosedException e) {
            stop();
        } catch (RuntimeException | Error e) {
            if (stopped.getCount() != 0) {
                LOG.warn("Watching '{}' failed; it is tried again", terms.name(), e);
            }
        }
    }

    private void poll() {
        List<RegistryEvent> events;
        do {
            events = history.findAfter(revision, PAGE).orElse(List.of());
            for (RegistryEvent event : events) {
                if (stopped.getCount() == 0) {
                    return;
                }
                tell(event);
                revision = event.revision();
            }
        } while (events.size() == PAGE);
    }

    private void tell(RegistryEvent event) {
        try {
            terms.listener().onEvent(event);
        } catch (RuntimeException | Error e) {
            LOG.warn("A watch failed on revision {} of '{}'", event.revision(), event.model(), e);
        }
    }

    @Override
    public long revision() {
        return revision;
    }

    private void stop() {
        stopped.countDown();
    }

    @Override
    public void close() {
        stop();
        engine.notWhenClosed(whenClosed);
    }
}
