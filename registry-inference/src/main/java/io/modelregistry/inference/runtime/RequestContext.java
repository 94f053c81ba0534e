package io.modelregistry.inference.runtime;

import io.modelregistry.model.InvalidValueException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says about one request besides its inputs; immutable. Each method that adds something gives a new
 * context.
 *
 * <p>A deadline counts from the call of {@link #within} on the monotonic clock of this process, so that a clock that is
 * set does not move it.
 */
public final class RequestContext {
    private static final RequestContext NONE =
            new RequestContext(null, null, Priority.NORMAL, Long.MAX_VALUE, Map.of());

    private final @Nullable String id;
    private final @Nullable String key;
    private final Priority priority;
    private final long deadline;
    private final Map<String, String> attributes;

    private RequestContext(
            @Nullable String id,
            @Nullable String key,
            Priority priority,
            long deadline,
            Map<String, String> attributes) {
        this.id = id;
        this.key = key;
        this.priority = priority;
        this.deadline = deadline;
        this.attributes = attributes;
    }

    /** A request without a key, a deadline or attributes, of normal priority. */
    public static RequestContext none() {
        return NONE;
    }

    /** A request for a key, such as a customer's number: all requests of a key take the same side of a split. */
    public static RequestContext key(String key) {
        return NONE.withKey(key);
    }

    /** A request with an id that logs and errors may show. */
    public static RequestContext id(String id) {
        return NONE.withId(id);
    }

    /** With an id. */
    public RequestContext withId(String newId) {
        return new RequestContext(Objects.requireNonNull(newId, "newId"), key, priority, deadline, attributes);
    }

    /** With a key. */
    public RequestContext withKey(String newKey) {
        return new RequestContext(id, Objects.requireNonNull(newKey, "newKey"), priority, deadline, attributes);
    }

    /** With another priority. */
    public RequestContext priority(Priority other) {
        return new RequestContext(id, key, Objects.requireNonNull(other, "other"), deadline, attributes);
    }

    /** With an attribute, such as a header of the request, which rules of a deployment may look at. */
    public RequestContext attribute(String name, String value) {
        Map<String, String> more = new TreeMap<>(attributes);
        more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return new RequestContext(id, key, priority, deadline, Map.copyOf(more));
    }

    /**
     * With a deadline: a request that has not begun by then is not computed any more.
     *
     * @throws InvalidValueException if the time is zero or less, which is a deadline in the past
     */
    public RequestContext within(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new InvalidValueException(
                    "deadline", time.toString(), "it has passed already", "a time in the future");
        }
        // A difference of two readings must fit into a long, so what is longer than 146 years means never.
        long nanos = time.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0 ? Long.MAX_VALUE / 2 : time.toNanos();
        return new RequestContext(id, key, priority, notNever(System.nanoTime() + nanos), attributes);
    }

    private static long notNever(long deadline) {
        return deadline == Long.MAX_VALUE ? deadline - 1 : deadline;
    }

    /** The id; empty if there is none. */
    public Optional<String> findId() {
        return Optional.ofNullable(id);
    }

    /** The key; empty if there is none. */
    public Optional<String> findKey() {
        return Optional.ofNullable(key);
    }

    /** The key, or null: spares the hot path an object. */
    public @Nullable String keyOrNull() {
        return key;
    }

    /** Which of those that wait goes first. */
    public Priority priority() {
        return priority;
    }

    /** The attributes by name. */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** Whether there is a deadline. */
    public boolean hasDeadline() {
        return deadline != Long.MAX_VALUE;
    }

    /** The time until the deadline in nanoseconds, 0 or less if it has passed; {@link Long#MAX_VALUE} without one. */
    public long remainingNanos() {
        return remainingNanos(hasDeadline() ? System.nanoTime() : 0);
    }

    /** The same as {@link #remainingNanos()} at a reading of {@link System#nanoTime}. */
    public long remainingNanos(long now) {
        return hasDeadline() ? deadline - now : Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        return "RequestContext[id=%s, key=%s, priority=%s, attributes=%s]"
                .formatted(id, key == null ? "none" : "given", priority, new TreeMap<>(attributes).keySet());
    }
}
