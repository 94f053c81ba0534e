package io.modelregistry.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.contract.Race;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many requests operations take: they are what a bucket costs, in time and money. */
class S3RequestsTest {
    private static final int PAGED = 40;

    private final String prefix = UUID.randomUUID().toString();
    private S3Front front;
    private ModelRegistry registry;

    @BeforeEach
    void open() throws IOException {
        front = S3Servers.frontOfS3proxy();
        registry = another(Duration.ZERO);
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        front.close();
    }

    private ModelRegistry another(Duration freshness) {
        return ModelRegistries.builder(node()).freshness(freshness).open();
    }

    private StorageNode node() {
        return S3Servers.node(front.endpoint(), prefix).build();
    }

    private static Registration registration(String name, int files, int seed) {
        Registration.Builder builder = Registration.of(name);
        for (int i = 0; i < files; i++) {
            builder.file("file-" + i + ".bin", ("content " + seed + " " + i).getBytes(UTF_8));
        }
        return builder.build();
    }

    private List<S3Front.Request> requestsOf(Runnable operation) {
        front.record();
        operation.run();
        return front.requests();
    }

    private void registerMany(String name, int versions) {
        for (int i = 0; i < versions; i++) {
            registry.register(registration(name, 1, i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20})
    void registeringTakesSixRequestsMoreThanFiles(int files) {
        registry.register(registration("warm", 1, 0));
        assertThat(requestsOf(() -> registry.register(registration("iris", files, 0))))
                .as("the first version")
                .hasSizeLessThanOrEqualTo(files + 6);
        assertThat(requestsOf(() -> registry.register(registration("iris", files, 1))))
                .as("another version")
                .hasSizeLessThanOrEqualTo(files + 6);
    }

    @Test
    void aPagedModelTakesTwoMoreAtMost() {
        registerMany("iris", PAGED);
        for (int i = 0; i < PAGED; i++) {
            int seed = PAGED + i;
            assertThat(requestsOf(() -> registry.register(registration("iris", 3, seed))))
                    .as("version %s", seed)
                    .hasSizeLessThanOrEqualTo(3 + 8);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, PAGED})
    void anAliasIsResolvedInTwoRequestsAndThenInOne(int versions) {
        registerMany("iris", versions);
        registry.aliases("iris").set("champion", "1.0.0");
        registry.aliases("iris")
                .set("newest", registry.resolve("iris").version().toString());
        try (ModelRegistry cold = another(Duration.ZERO)) {
            assertThat(requestsOf(() -> cold.get("iris@newest"))).as("cold").hasSizeLessThanOrEqualTo(2);
            assertThat(requestsOf(() -> cold.get("iris@newest"))).as("warm").hasSize(1);
        }
        try (ModelRegistry fresh = another(Duration.ofMinutes(1))) {
            fresh.get("iris@newest");
            assertThat(requestsOf(() -> fresh.get("iris@newest"))).as("fresh").isEmpty();
        }
    }

    @Test
    void theFilesOfAVersionThatWasReadAreFoundWithoutARequest() {
        registerMany("iris", 2);
        try (ModelRegistry cold = another(Duration.ZERO)) {
            RegisteredVersion version = cold.get("iris:1.0.1");
            assertThat(requestsOf(() -> cold.artifacts(version.ref()).files())).isEmpty();
            assertThat(requestsOf(() -> cold.artifacts("iris").files()))
                    .as("the newest")
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, PAGED})
    void aPromotionTakesFourRequests(int versions) {
        registerMany("iris", versions);
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        String newest = "iris:" + registry.resolve("iris").version();
        assertThat(requestsOf(() -> registry.promote(newest, Stage.PRODUCTION))).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void theFirstWriteOfANodeProbesTheStoreOnce() throws IOException {
        try (StorageNode node = node()) {
            front.record();
            node.find(StorageKey.of("k"));
            assertThat(front.requests()).as("reading").hasSizeLessThanOrEqualTo(2);
            front.record();
            node.write(StorageKey.of("k"), Content.of(new byte[3]), WriteCondition.ifAbsent());
            assertThat(front.requests()).as("the first write").hasSizeLessThanOrEqualTo(10);
            front.record();
            node.write(StorageKey.of("l"), Content.of(new byte[3]), WriteCondition.ifAbsent());
            assertThat(front.requests()).as("the second write").hasSize(1);
        }
    }

    /** The names are put there as somebody else would list them, which is cheaper than registering models. */
    @Test
    void namesTakeOneRequestForAThousand() throws Exception {
        try (StorageNode node = node()) {
            Race.of(8).run(thread -> {
                for (int i = thread; i < 1_500; i += 8) {
                    list(node, "default/m%04d".formatted(i));
                    if (i % 3 == 0) {
                        list(node, "nlp/m%04d".formatted(i));
                    }
                }
                return thread;
            });
        }
        for (int i = 0; i < 20; i++) {
            registry.register(registration("group-" + i + "/one", 1, i));
        }
        assertListed(ModelQuery.inGroup("default"), 1_500, 2);
        assertListed(ModelQuery.inGroup("nlp"), 500, 1);
        assertListed(ModelQuery.all(), 2_020, 3);
        List<S3Front.Request> page =
                requestsOf(() -> registry.models(ModelQuery.inGroup("group-7").limit(10)));
        assertThat(page).as("a page of one model").hasSize(2);
    }

    private static void list(StorageNode node, String name) throws IOException {
        StorageKey key = StorageKey.of("models/_meta/names/" + name);
        node.write(key, Content.of(new byte[0]), WriteCondition.unconditional());
    }

    private void assertListed(ModelQuery query, int models, int most) {
        List<ModelName> names = new ArrayList<>();
        ModelQuery first = query.limit(ModelQuery.MAX_LIMIT);
        List<S3Front.Request> requests = requestsOf(() -> {
            Page<ModelName> page = registry.modelNames(first);
            names.addAll(page.items());
            while (page.next().isPresent()) {
                page = registry.modelNames(first.after(page.next().get()));
                names.addAll(page.items());
            }
        });
        assertThat(names)
                .as("%s", query)
                .hasSize(models)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(requests).as("%s", query).hasSizeLessThanOrEqualTo(most);
    }

    @Test
    void openingTakesOneRequestHoweverManyModelsThereAre() {
        for (int models : new int[] {1, 30}) {
            for (int i = 0; i < models; i++) {
                registry.register(registration("m" + i, 1, i));
            }
            assertThat(requestsOf(() -> another(Duration.ZERO).close()))
                    .as("%s models", models)
                    .hasSize(1);
        }
    }
}
