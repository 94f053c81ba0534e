package io.modelregistry.internal.commit;

import io.modelregistry.event.RegistryEvent;
import io.modelregistry.event.RegistryListener;
import io.modelregistry.model.ModelName;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of commits, on the committing threads, one event after the other for each model. A listener may
 * commit itself: the event of that commit follows when the listener has returned. Thread-safe.
 */
public final class EventDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);
    private static final int LANES = 64;

    private final List<RegistryListener> listeners;
    private final Lane[] lanes =
            IntStream.range(0, LANES).mapToObj(i -> new Lane()).toArray(Lane[]::new);

    /** Tells these listeners, in this order. */
    public EventDispatcher(List<RegistryListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** Takes an event whose place in the order of its model is now. */
    void enqueue(RegistryEvent event) {
        if (!listeners.isEmpty()) {
            lane(event.model()).events.add(event);
        }
    }

    /** Delivers what was taken, unless another thread is at it. */
    void deliver(ModelName name) {
        if (listeners.isEmpty()) {
            return;
        }
        Lane lane = lane(name);
        if (lane.calls.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            for (RegistryEvent event = lane.events.poll(); event != null; event = lane.events.poll()) {
                tell(event);
            }
            seen = lane.calls.addAndGet(-seen);
        }
    }

    private void tell(RegistryEvent event) {
        for (RegistryListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException | Error e) { // What is committed stays committed whatever a listener does.
                LOG.warn(
                        "Listener {} failed on revision {} of model '{}'",
                        listener,
                        event.revision(),
                        event.model(),
                        e);
            }
        }
    }

    private Lane lane(ModelName name) {
        return lanes[Math.floorMod(name.hashCode(), LANES)];
    }

    private static final class Lane {
        private final Queue<RegistryEvent> events = new ConcurrentLinkedQueue<>();
        private final AtomicInteger calls = new AtomicInteger();
    }
}
