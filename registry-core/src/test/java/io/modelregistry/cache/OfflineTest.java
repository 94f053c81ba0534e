package io.modelregistry.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.OfflineException;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.StorageFailedException;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageDeniedException;
import io.modelregistry.storage.StorageException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a registry does without its store. */
class OfflineTest extends CacheSubject {
    private static final int SIZE = 1000;

    private final List<String> heard = new CopyOnWriteArrayList<>();

    private LocalCache serving() {
        return cache().offline(Offline.SERVE_CACHED).listener(new OfflineListener() {
            @Override
            public void offline(String why) {
                heard.add("offline: " + why);
            }

            @Override
            public void online() {
                heard.add("online");
            }
        });
    }

    @BeforeEach
    void fill() {
        register("iris", "1.0.0", SIZE);
        register("iris", "1.1.0", SIZE);
        register("rose", "1.0.0", SIZE);
        elsewhere().promote("iris:1.0.0", Stage.PRODUCTION);
        try (ModelRegistry registry = open()) {
            Prefetched prefetched =
                    LocalCache.prefetch(registry, List.of(ModelRef.parse("iris@production"), ModelRef.parse("iris")));
            assertThat(prefetched).isEqualTo(new Prefetched(2, 2, 2 * SIZE));
        }
        remote.requests();
    }

    private void assertServed(ModelRegistry registry) {
        assertThat(registry.resolve("iris@production").version()).hasToString("1.0.0");
        assertThat(registry.get("iris").version()).hasToString("1.1.0");
        assertThat(registry.artifacts("iris@production").materialize().resolve("model.bin"))
                .hasBinaryContent(content("iris1.0.0", SIZE));
    }

    @Test
    void withoutBeingAskedForNothingIsServedFromTheCache() {
        remote.unplug();
        refused(() -> open(), StorageFailedException.class, ErrorCode.STORAGE, "open the registry", "no route");
        remote.plug();
        ModelRegistry registry = open();
        registry.get("iris");
        remote.unplug();
        refused(() -> registry.get("iris"), StorageFailedException.class, ErrorCode.STORAGE, "'iris'", "no route");
    }

    @Test
    void aRegistryOpensAndAnswersFromTheCache() {
        remote.unplug();
        ModelRegistry registry = open(serving());
        assertServed(registry);
        assertThat(heard).containsExactly("offline: no route to the store");
        assertThat(remote.requests()).containsExactly("unanswered"); // Not once for each read.
    }

    @Test
    void anOpenRegistryGoesOnWhenTheStoreIsGone() {
        ModelRegistry registry = open(serving());
        assertServed(registry);
        assertThat(heard).isEmpty();
        remote.unplug();
        assertServed(registry);
        assertThat(heard).hasSize(1);
    }

    @Test
    void whatIsNotInTheCacheIsRefusedByItsName() {
        ModelRegistry elsewhere = elsewhere();
        elsewhere.get("iris");
        remote.unplug();
        ModelRegistry registry = open(serving());
        refused(
                () -> registry.get("rose"),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "read 'models/rose/_model.json'",
                "offline and the local cache has no answer",
                "expected a store that can be reached");
        refused(
                () -> registry.models(ModelQuery.all()),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "list",
                "'models");
        assertThat(refused(
                                () -> registry.history("iris").all(),
                                OfflineException.class,
                                ErrorCode.UNAVAILABLE,
                                "read 'models/iris/_model.json'")
                        .isRetryable())
                .isTrue();
    }

    @Test
    void changesAreRefusedAndNothingIsWritten() {
        ModelRegistry registry = open(serving());
        registry.get("iris");
        remote.requests();
        remote.unplug();
        refused(
                () -> registry.promote("iris:1.1.0", Stage.STAGING),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "read 'models/iris/_model.json'");
        refused(
                () -> registry.register(
                        Registration.of("new").file("x", new byte[1]).build()),
                OfflineException.class,
                ErrorCode.UNAVAILABLE);
        assertThat(remote.requests()).containsExactly("unanswered");
        remote.plug();
        assertThat(elsewhere().resolve("iris:1.1.0").stage()).isEqualTo(Stage.NONE);
    }

    /** The write takes effect, its reply says otherwise, and then the store is gone: nobody knows what happened. */
    @Test
    void aCommitWhoseReplyWasLostIsNeverDecidedFromTheCache() {
        for (IOException reply : List.of(
                new WriteOutcomeUnknownException(null, "the reply was lost", null),
                new WriteConflictException(null, "a retried request met its own success", null))) {
            ForwardingNode lossy = new ForwardingNode(remote) {
                @Override
                public StoredObject write(StorageKey key, Content content, WriteCondition condition)
                        throws IOException {
                    StoredObject written = super.write(key, content, condition);
                    if (key.name().equals("_model.json")) {
                        remote.unplug();
                        throw reply;
                    }
                    return written;
                }
            };
            try (ModelRegistry registry = ModelRegistries.builder(lossy)
                    .leaveNodeOpen()
                    .cache(serving())
                    .commitLimit(Duration.ofMillis(50))
                    .open()) {
                long before = registry.getModel("iris").revision();
                refused(
                        () -> registry.aliases("iris").set("lost", before % 2 == 0 ? "1.0.0" : "1.1.0"),
                        OutcomeUnknownException.class,
                        ErrorCode.OUTCOME_UNKNOWN,
                        "iris");
                remote.plug();
                assertThat(elsewhere().getModel("iris").revision()).isEqualTo(before + 1);
            }
        }
    }

    @Test
    void aStoreThatSaysNoWasReached() {
        ModelRegistry registry = open(serving());
        registry.get("iris");
        remote.unplug(new StorageException(null, "the credentials have expired", null));
        refused(() -> registry.get("iris"), StorageFailedException.class, ErrorCode.STORAGE, "credentials");
        refused(() -> open(serving()), StorageFailedException.class, ErrorCode.STORAGE, "credentials");
        remote.unplug(new StorageDeniedException(null, "the secret key is wrong", null));
        assertThat(refused(
                                () -> registry.get("iris"),
                                StorageFailedException.class,
                                ErrorCode.DENIED,
                                "'iris'",
                                "refused",
                                "the secret key is wrong")
                        .isRetryable())
                .isFalse();
        refused(() -> open(serving()), StorageFailedException.class, ErrorCode.DENIED, "the secret key is wrong");
        assertThat(heard).isEmpty();
    }

    @Test
    void theUsualFailuresOfANetworkCountAsUnreachable() {
        List<IOException> failures = List.of(
                new ConnectException("refused"),
                new UnknownHostException("bucket"),
                new SocketTimeoutException("read timed out"),
                new StorageException(null, "Cannot read", new IllegalStateException(new ConnectException("refused"))));
        for (IOException failure : failures) {
            remote.unplug(failure);
            assertServed(open(serving()));
        }
        assertThat(heard).hasSize(failures.size());
    }

    @Test
    void theStoreIsNeverAskedIfTheHostWantsNoNetwork() {
        ModelRegistry registry = open(cache().offline(Offline.CACHE_ONLY).listener(new OfflineListener() {
            @Override
            public void offline(String why) {
                heard.add(why);
            }

            @Override
            public void online() {
                heard.add("online");
            }
        }));
        assertServed(registry);
        refused(
                () -> registry.aliases("iris").set("a", "1.0.0"),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "'models/iris/_model.json'");
        refused(() -> registry.get("rose"), OfflineException.class, ErrorCode.UNAVAILABLE, "rose");
        assertThat(remote.requests()).isEmpty();
        assertThat(heard).containsExactly("the host asked for it");
    }

    @Test
    void anEmptyCacheCannotOpenARegistryOffline() {
        remote.unplug();
        refused(
                () -> open(LocalCache.at(temporary.resolve("empty")).offline(Offline.SERVE_CACHED)),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "'models/_meta/_registry.json'");
    }

    @Test
    void whatWasReadFromAnotherPlaceIsNeverServed() {
        remote.unplug();
        ForwardingNode elsewhere = new ForwardingNode(remote) {
            @Override
            public String location() {
                return "another bucket";
            }
        };
        refused(
                () -> ModelRegistries.builder(elsewhere)
                        .leaveNodeOpen()
                        .cache(serving())
                        .open(),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "'models/_meta/_registry.json'");
    }

    @Test
    void whichOfTwoRegistriesIsMeantIsNotGuessed() {
        try (InMemoryStorageNode node = new InMemoryStorageNode()) {
            RemoteNode second = new RemoteNode(node);
            ModelRegistries.builder(second)
                    .leaveNodeOpen()
                    .open()
                    .register(Registration.of("iris").file("x", new byte[1]).build());
            try (ModelRegistry other = ModelRegistries.builder(second)
                    .leaveNodeOpen()
                    .cache(cache())
                    .open()) {
                other.get("iris");
            }
        }
        remote.unplug();
        refused(
                () -> open(serving()),
                OfflineException.class,
                ErrorCode.UNAVAILABLE,
                "2 registries",
                "a cache of its own");
    }
}
