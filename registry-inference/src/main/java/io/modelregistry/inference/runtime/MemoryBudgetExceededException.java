package io.modelregistry.inference.runtime;

import io.modelregistry.inference.runtime.MemorySnapshot.Holding;
import io.modelregistry.inference.runtime.MemorySnapshot.State;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** A model does not fit into the memory budget; nothing was admitted for it. */
public final class MemoryBudgetExceededException extends RegistryException {
    private static final long serialVersionUID = 1L;
    private static final int NAMED = 3;

    private final long required;
    private final long limit;
    private final long admitted;
    private final long evictable;

    /**
     * Refuses a model.
     *
     * @param model how its holder calls it
     * @param required the bytes that it was to get
     * @param now what the others hold
     * @param why what stands in the way
     */
    public MemoryBudgetExceededException(String model, long required, MemorySnapshot now, String why) {
        super(ErrorCode.UNAVAILABLE, message(model, required, now, why));
        this.required = required;
        this.limit = now.limit();
        this.admitted = now.admitted();
        this.evictable = now.bytes(State.EVICTABLE);
    }

    private static String message(String model, long required, MemorySnapshot now, String why) {
        String biggest = now.holdings().stream()
                .sorted(Comparator.comparingLong(Holding::bytes).reversed())
                .limit(NAMED)
                .map(holding -> "'%s' %s %s"
                        .formatted(
                                holding.model(),
                                size(holding.bytes()),
                                holding.state().name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining(", "));
        return "Cannot load '%s': it takes %s (%s bytes), and of the memory budget of %s are %s admitted and %s evictable; %s%s, expected a smaller model, a larger budget, or fewer pinned models"
                .formatted(
                        model,
                        size(required),
                        required,
                        size(now.limit()),
                        size(now.admitted()),
                        size(now.bytes(State.EVICTABLE)),
                        why,
                        biggest.isEmpty()
                                ? ""
                                : "; the largest of " + now.holdings().size() + ": " + biggest);
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }

    /** The bytes that the model was to get. */
    public long required() {
        return required;
    }

    /** The most bytes that the budget admits. */
    public long limit() {
        return limit;
    }

    /** The bytes that were admitted for others. */
    public long admitted() {
        return admitted;
    }

    /** Those of the admitted bytes whose models might have been evicted, had nobody used them. */
    public long evictable() {
        return evictable;
    }
}
