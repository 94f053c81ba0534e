package io.modelregistry.internal.embedded;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.RolloutPlan;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.internal.commit.Environment;
import io.modelregistry.internal.commit.Retries;
import io.modelregistry.internal.schedule.Chooser;
import io.modelregistry.internal.schedule.Crew;
import io.modelregistry.internal.schedule.Faults;
import io.modelregistry.internal.schedule.Interleaving;
import io.modelregistry.internal.schedule.PropertyViolation;
import io.modelregistry.internal.schedule.Trace;
import io.modelregistry.lifecycle.LifecyclePolicy;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.Principal;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.UploadLimits;
import io.modelregistry.serialization.Serializers;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Plays one interleaving of changes of one deployment, and checks what was promised of them. */
final class DeploymentRun {
    private static final DeploymentName NAME = DeploymentName.parse("d");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final int PROBE = 80;

    /** After these a call has had no effect and will have none. */
    private static final Set<ErrorCode> DEFINITE = Set.of(ErrorCode.CONFLICT, ErrorCode.STORAGE);

    private final Program program;
    private final InMemoryStorageNode node = new InMemoryStorageNode();
    private final DeploymentAudit audit = new DeploymentAudit();
    private final Interleaving interleaving;
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final List<String> refused = new ArrayList<>();

    /** What there is at the beginning. */
    enum Start {
        NOTHING,
        DEPLOYED
    }

    /** How many clients make how many changes each. */
    record Program(int clients, int changes, Faults faults, Start start) {}

    DeploymentRun(Program program, Chooser chooser) {
        this.program = program;
        this.interleaving = new Interleaving(node, audit, chooser, program.faults(), new Trace(Trace.Detail.NUMBER));
    }

    Interleaving interleaving() {
        return interleaving;
    }

    /** The first thing that went wrong, if something did. */
    Optional<Throwable> play(Crew crew) {
        Client first = new Client(PROBE);
        first.engine.document.ensure();
        if (program.start() == Start.DEPLOYED) {
            first.change();
        }
        List<Interleaving.Part> parts = new ArrayList<>();
        for (int i = 0; i < program.clients(); i++) {
            Client client = new Client(i);
            parts.add(() -> {
                for (int change = 0; change < program.changes(); change++) {
                    client.change();
                }
            });
        }
        interleaving.run(crew, parts);
        if (interleaving.failure().isEmpty()) {
            try {
                interleaving.arriveAll();
                new Client(PROBE + 1).change();
                check();
            } catch (RuntimeException | PropertyViolation e) {
                return Optional.of(e);
            }
        }
        return interleaving.failure();
    }

    private void check() {
        acknowledged.forEach((operation, revision) -> check(
                audit.revisionsOf(operation).equals(List.of(revision)),
                operation + " was acknowledged at " + revision + ", and is at " + audit.revisionsOf(operation)));
        refused.forEach(operation -> check(
                audit.revisionsOf(operation).isEmpty(),
                operation + " was refused, and is at " + audit.revisionsOf(operation)));
        DeploymentStore reader = new Client(PROBE + 2).store;
        List<DeploymentEvent> events = reader.history(NAME, 0, Integer.MAX_VALUE);
        check(events.equals(audit.events()), "the history reads otherwise");
        Map<String, String> labels = new TreeMap<>();
        events.forEach(event -> labels.put(event.detail(), ""));
        check(
                reader.find(NAME).orElseThrow().state().labels().equals(labels),
                "the state is not what the events led to");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new PropertyViolation("deployment", what);
        }
    }

    private final class Client {
        private final int index;
        private final Engine engine;
        private final DeploymentStore store;
        private int calls;

        Client(int index) {
            this.index = index;
            boolean isPatient = index >= PROBE || program.faults().failures() == 0;
            Duration limit = isPatient ? Duration.ofDays(1) : Duration.ofNanos(-1);
            Environment environment =
                    new Environment(CLOCK, () -> "c" + index + "-" + calls, new Retries(limit, attempt -> {
                        // The scheduler decides when it goes on.
                    }));
            Settings settings = new Settings(
                    environment,
                    LifecyclePolicy.SIMPLE,
                    UploadLimits.DEFAULT,
                    Serializers.of(),
                    List.of(),
                    Duration.ZERO,
                    Principal.user("c" + index));
            engine = new Engine(interleaving.node(index), settings);
            store = EmbeddedRegistry.over(engine).deployments();
        }

        /** Adds a label of its own. */
        void change() {
            calls++;
            String operation = "c" + index + "-" + calls;
            try {
                DeploymentSnapshot done = store.change(NAME, "", present -> Optional.of(labelled(present, operation)));
                acknowledged.put(operation, done.revision());
                check(done.event().operation().equals(operation), operation + " was told of another change");
            } catch (RegistryException e) {
                if (DEFINITE.contains(e.code())) {
                    refused.add(operation);
                } else if (e.code() != ErrorCode.OUTCOME_UNKNOWN) {
                    throw e;
                }
            }
        }

        private DeploymentStore.Change labelled(Optional<DeploymentSnapshot> present, String label) {
            PinnedVersion version =
                    new PinnedVersion(ModelName.parse("m"), ModelVersion.parse("1.0.0"), Digest.sha256(new byte[] {1}));
            DeploymentState state = present.map(DeploymentSnapshot::state)
                    .orElseGet(() -> DeploymentState.serving(
                            ModelRef.parse("m"),
                            DeploymentState.Follow.STAY,
                            RolloutPlan.immediate(),
                            Traffic.all("s", version)));
            Map<String, String> labels = new TreeMap<>(state.labels());
            labels.put(label, "");
            return new DeploymentStore.Change(state.edit().labels(labels).build(), DeploymentAction.CONFIGURED, label);
        }
    }
}
