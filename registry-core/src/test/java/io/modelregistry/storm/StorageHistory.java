package io.modelregistry.storm;

import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.contract.Race;
import io.modelregistry.storm.RegisterAct.Answer;
import io.modelregistry.storm.RegisterAct.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A history of clients that use the objects of one store. */
final class StorageHistory {
    private static final int CLIENTS = 5;
    private static final int CALLS = 100;
    private static final int KEYS = 3;

    private final StormStores stores;
    private final StormClients clients;

    StorageHistory(StormStores stores, StormClients clients) {
        this.stores = stores;
        this.clients = clients;
    }

    /** Records a history and checks it; how many calls were checked. */
    int blow(String where, long seed) throws Exception {
        HistoryRecorder<RegisterAct> recorder = new HistoryRecorder<>();
        try (StormStore store = stores.create()) {
            Race.of(CLIENTS).run(number -> {
                Random random = new Random(seed * CLIENTS + number);
                try (StorageNode node = store.open()) {
                    FlakyNode flaky = new FlakyNode(node, random, clients.lossRate());
                    new Client(clients.node(flaky), flaky, random, "c" + number).run(recorder);
                }
                return number;
            });
        }
        LinearizabilityChecker<String, RegisterAct> checker = new LinearizabilityChecker<>(new RegisterAct.Cell(""));
        for (Map.Entry<String, List<RecordedCall<RegisterAct>>> object :
                recorder.bySubject().entrySet()) {
            Optional<String> flaw = checker.check(object.getValue());
            if (flaw.isPresent()) {
                throw new StormFailure(where + ", object " + object.getKey(), flaw.get());
            }
        }
        return recorder.size();
    }

    /** What a client knows of an object. */
    private record Seen(String etag, String content) {}

    private static final class Client {
        private final StorageNode node;
        private final FlakyNode flaky;
        private final Random random;
        private final String name;
        private final Map<StorageKey, Seen> seen = new HashMap<>();

        Client(StorageNode node, FlakyNode flaky, Random random, String name) {
            this.node = node;
            this.flaky = flaky;
            this.random = random;
            this.name = name;
        }

        void run(HistoryRecorder<RegisterAct> recorder) throws Exception {
            for (int i = 0; i < CALLS; i++) {
                StorageKey key = StorageKey.of("folder/k" + random.nextInt(KEYS));
                String value = name + "-" + i;
                try {
                    recorder.record(key.value(), () -> call(key, value));
                } catch (IOException e) {
                    flaky.recover(); // A definite failure: nothing happened, so nothing is recorded.
                }
                flaky.recover();
            }
        }

        private RegisterAct call(StorageKey key, String value) throws IOException {
            int choice = random.nextInt(100);
            @Nullable Seen known = seen.get(key);
            if (choice < 45 && known != null) {
                WriteCondition condition = WriteCondition.ifMatches(known.etag());
                return write(Verb.REPLACE, known.content(), value, () -> write(key, value, condition));
            }
            if (choice < 60) {
                return write(Verb.CREATE, "", value, () -> write(key, value, WriteCondition.ifAbsent()));
            }
            if (choice < 64) {
                return write(Verb.PUT, "", value, () -> write(key, value, WriteCondition.unconditional()));
            }
            if (choice < 70) {
                return write(Verb.DELETE, "", "", () -> node.delete(key));
            }
            if (choice < 76) {
                boolean found = node.find(key).isPresent();
                return new RegisterAct(Verb.EXISTS, "", found ? "something" : "", Answer.DONE);
            }
            return new RegisterAct(Verb.READ, "", read(key), Answer.DONE);
        }

        private String read(StorageKey key) throws IOException {
            try (OpenObject object = node.open(key, ByteRange.ALL, null).orElseThrow()) {
                String content = new String(object.stream().readAllBytes(), StandardCharsets.UTF_8);
                seen.put(key, new Seen(object.object().etag(), content));
                return content;
            } catch (NoSuchKeyException e) {
                seen.remove(key);
                return "";
            }
        }

        private void write(StorageKey key, String value, WriteCondition condition) throws IOException {
            String etag = node.write(key, Content.of(value.getBytes(StandardCharsets.UTF_8)), condition)
                    .etag();
            seen.put(key, new Seen(etag, value));
        }

        /** A call that changes something. */
        private interface Change {
            void make() throws IOException;
        }

        private static RegisterAct write(Verb verb, String expected, String value, Change change) throws IOException {
            Answer answer;
            try {
                change.make();
                answer = Answer.DONE;
            } catch (WriteConflictException e) {
                answer = Answer.REFUSED;
            } catch (WriteOutcomeUnknownException e) {
                answer = Answer.UNKNOWN;
            }
            return new RegisterAct(verb, expected, value, answer);
        }
    }
}
