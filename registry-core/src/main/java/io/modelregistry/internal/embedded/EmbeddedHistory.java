package io.modelregistry.internal.embedded;

import io.modelregistry.event.Change;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.event.RegistryListener;
import io.modelregistry.internal.document.EventCodec;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.StoredHead;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.registry.History;
import io.modelregistry.registry.ModelNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the history of one model. */
final class EmbeddedHistory implements History {
    private static final int PAGE = 1000;
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(366);

    private final Engine engine;
    private final ModelName name;
    private final ModelKeys keys;

    EmbeddedHistory(Engine engine, ModelName name) {
        this.engine = engine;
        this.name = name;
        this.keys = ModelKeys.of(name);
    }

    @Override
    public List<RegistryEvent> after(long afterRevision, int limit) {
        if (limit < 1) {
            throw new InvalidValueException("limit", Integer.toString(limit), "it is out of range", "at least 1");
        }
        return findAfter(afterRevision, limit).orElseThrow(() -> ModelNotFoundException.model(name));
    }

    /** The events behind a revision; empty if there is no such model. */
    Optional<List<RegistryEvent>> findAfter(long afterRevision, int limit) {
        engine.checkOpen("read the history of '" + name + "'");
        try {
            Optional<StoredHead> head = engine.heads.readNow(keys);
            if (head.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(engine.history.entries(keys, head.get(), afterRevision, limit).stream()
                    .map(EventCodec.Entry::event)
                    .toList());
        } catch (IOException e) {
            throw StoreErrors.of("read the history of '" + name + "'", e);
        }
    }

    @Override
    public List<RegistryEvent> all() {
        return after(0, Integer.MAX_VALUE);
    }

    @Override
    public Set<ModelVersion> inStageAt(Stage stage, Instant instant) {
        Set<ModelVersion> members = new TreeSet<>();
        long revision = 0;
        while (true) {
            List<RegistryEvent> events = after(revision, PAGE);
            for (RegistryEvent event : events) {
                if (event.at().isAfter(instant)) {
                    return members;
                }
                apply(event.change(), stage, members);
                revision = event.revision();
            }
            if (events.size() < PAGE) {
                return members;
            }
        }
    }

    private void apply(Change change, Stage stage, Set<ModelVersion> members) {
        if (change instanceof Change.VersionPublished published
                && stage.equals(engine.settings.policy().initial())) {
            members.add(published.version());
        }
        List<Change.StageMove> moves = List.of();
        if (change instanceof Change.StagesChanged changed) {
            moves = changed.moves();
        } else if (change instanceof Change.RolledBack rolledBack) {
            moves = rolledBack.moves();
        }
        for (Change.StageMove move : moves) {
            if (move.from().equals(stage)) {
                members.remove(move.version());
            }
            if (move.to().equals(stage)) {
                members.add(move.version());
            }
        }
    }

    @Override
    public Watch watch(long afterRevision, Duration interval, RegistryListener listener) {
        engine.checkOpen("watch '" + name + "'");
        if (interval.isNegative() || interval.isZero() || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw new InvalidValueException(
                    "watch interval",
                    interval.toString(),
                    "it is out of range",
                    "more than zero, at most " + LONGEST_INTERVAL);
        }
        return PollingWatch.start(engine, this, new PollingWatch.Terms(name, afterRevision, interval, listener));
    }
}
