package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.Race;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A history of clients that use aliases, stages, descriptions and versions of one registry, each through its own. */
final class RegistryHistory {
    /** The model whose aliases and stages are changed. */
    static final String NAMED = "iris";

    /** The model that is described. */
    static final String DESCRIBED = "rose";

    /** The model that gets versions. */
    static final String GROWING = "fern";

    /** How many versions there are to be named. */
    static final int VERSIONS = 6;

    private static final Duration COMMIT_LIMIT = Duration.ofMillis(15);
    private static final int CLIENTS = 4;
    private static final int CALLS = 75;

    private final StormStores stores;
    private final StormClients clients;

    RegistryHistory(StormStores stores, StormClients clients) {
        this.stores = stores;
        this.clients = clients;
    }

    /** What the clients did, by kind of object. */
    record Records(
            HistoryRecorder<RegisterAct> aliases,
            HistoryRecorder<StageAct> stages,
            HistoryRecorder<EditAct> edits,
            HistoryRecorder<PublishAct> versions) {
        int size() {
            return aliases.size() + stages.size() + edits.size() + versions.size();
        }
    }

    /** Records a history and checks it; how many calls were checked. */
    int blow(String where, long seed) throws Exception {
        Records records = new Records(
                new HistoryRecorder<>(), new HistoryRecorder<>(), new HistoryRecorder<>(), new HistoryRecorder<>());
        Map<String, Integer> published;
        try (StormStore store = stores.create()) {
            try (StorageNode node = store.open()) {
                begin(node);
            }
            race(where, number -> {
                Random random = new Random(seed * CLIENTS + number);
                try (StorageNode node = store.open()) {
                    FlakyNode flaky = new FlakyNode(node, random, clients.lossRate());
                    try (ModelRegistry registry = clients.registry(clients.node(flaky), COMMIT_LIMIT)) {
                        new RegistryClient(registry, random, "c" + number).run(records, CALLS, flaky::recover);
                    }
                }
                return number;
            });
            try (StorageNode node = store.open()) {
                published = published(node);
            } catch (RegistryException | AssertionError e) {
                throw new StormFailure(where + ", afterwards", e);
            }
        }
        check(where, new RegisterAct.Cell(""), records.aliases());
        check(where, new StageAct.Stages(), records.stages());
        check(where, new EditAct.Description(1), records.edits());
        for (List<RecordedCall<PublishAct>> calls :
                records.versions().bySubject().values()) {
            check(where + ", versions of " + GROWING, new PublishAct.Versions(), resolved(calls, published));
        }
        return records.size();
    }

    private static void race(String where, Race.Runner<Integer> client) throws Exception {
        try {
            Race.of(CLIENTS).run(client);
        } catch (ExecutionException e) {
            throw new StormFailure(where + ", a client", e.getCause() == null ? e : e.getCause());
        }
    }

    private static void begin(StorageNode node) {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            for (int i = 0; i < VERSIONS; i++) {
                register(registry, NAMED, "version " + i);
            }
            register(registry, DESCRIBED, "rose");
        }
    }

    private static void register(ModelRegistry registry, String model, String content) {
        registry.register(Registration.of(model)
                .file("m", content.getBytes(StandardCharsets.UTF_8))
                .build());
    }

    /** Which version holds which content in the end. */
    private static Map<String, Integer> published(StorageNode node) throws IOException {
        Map<String, Integer> published = new HashMap<>();
        ModelName model = ModelName.parse(GROWING);
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            for (var summary : registry.versions(model, VersionQuery.all()).items()) {
                String digest = registry.get(summary.ref())
                        .manifest()
                        .files()
                        .get(0)
                        .digest()
                        .hex();
                @Nullable Integer other = published.put(digest, RegistryClient.number(summary.version()));
                if (other != null) {
                    throw new AssertionError("One registration made two versions, " + other + " and " + summary);
                }
            }
        }
        return published;
    }

    private static List<RecordedCall<PublishAct>> resolved(
            List<RecordedCall<PublishAct>> calls, Map<String, Integer> published) {
        return calls.stream()
                .map(call -> new RecordedCall<>(
                        call.subject(), call.act().resolved(published), call.invoked(), call.returned()))
                .toList();
    }

    private static <S, A extends HistoryRecorder.Act> void check(
            String where, SequentialObject<S, A> object, HistoryRecorder<A> recorder) {
        recorder.bySubject().forEach((subject, calls) -> check(where + ", " + subject, object, calls));
    }

    private static <S, A> void check(String where, SequentialObject<S, A> object, List<RecordedCall<A>> calls) {
        Optional<String> flaw = new LinearizabilityChecker<>(object).check(calls);
        if (flaw.isPresent()) {
            throw new StormFailure(where, flaw.get());
        }
    }
}
