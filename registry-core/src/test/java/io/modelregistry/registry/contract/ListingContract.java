package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.VersionRange;
import io.modelregistry.registry.Metric;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Page;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.Registration;
import io.modelregistry.registry.VersionComparison;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.WriteCondition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What finding, listing, choosing and comparing promise. */
abstract class ListingContract extends RegistrySubject {
    private static List<String> models(ModelRegistry of, ModelQuery query) {
        List<String> names = new ArrayList<>();
        ModelQuery next = query;
        while (true) {
            Page<RegisteredModel> page = of.models(next);
            page.items().forEach(model -> names.add(model.name().toString()));
            if (page.next().isEmpty()) {
                return names;
            }
            assertThat(page.items()).hasSize(query.limit());
            next = query.after(page.next().get());
        }
    }

    @Test
    void anEmptyStoreHoldsNothingAndReadingItWritesNothing() {
        assertThat(registry.models(ModelQuery.all()).items()).isEmpty();
        assertThat(registry.models(ModelQuery.inGroup("nlp")).items()).isEmpty();
        assertThat(registry.findModel(name("iris"))).isEmpty();
        assertThat(registry.find(ModelRef.parse("iris@production"))).isEmpty();
        assertThat(registry.versions(name("iris"), VersionQuery.all()).items()).isEmpty();
        assertThat(registry.findBest(name("iris"), Metric.highest("accuracy"))).isEmpty();
        assertThat(Snapshot.of(node).objects()).isEmpty();
    }

    @Test
    void everyPageSizeListsEveryModelOnceInOneOrder() {
        List<String> all = List.of("nlp", "nlp/a", "nlp/b", "nlp-x", "nlp-x/a", "a", "z", "b.c", "B_c", "zoo/nlp", "n");
        all.forEach(model -> register(model, "x"));
        List<String> whole = models(fresh(), ModelQuery.all());
        assertThat(whole).containsExactlyInAnyOrderElementsOf(all);
        for (int size = 1; size <= all.size() + 1; size++) {
            assertThat(models(fresh(), ModelQuery.all().limit(size)))
                    .as("pages of %s", size)
                    .isEqualTo(whole);
        }
    }

    @Test
    void aNameMayBeAModelAndAGroupAtOnce() {
        register("nlp", "1");
        register("nlp/sentiment", "2");
        register("default/other", "3");
        assertThat(models(registry, ModelQuery.inGroup("nlp"))).containsExactly("nlp/sentiment");
        assertThat(models(registry, ModelQuery.inGroup("NLP"))).containsExactly("nlp/sentiment");
        assertThat(models(registry, ModelQuery.inGroup("default"))).containsExactly("nlp", "other");
        for (int size = 1; size <= 3; size++) {
            assertThat(models(registry, ModelQuery.all().limit(size))).containsExactly("nlp", "other", "nlp/sentiment");
            assertThat(models(registry, ModelQuery.inGroup("default").limit(size)))
                    .containsExactly("nlp", "other");
        }
        assertThat(versionsOf(registry, "nlp")).containsExactly("1.0.0");
    }

    @Test
    void pagesStayStableWhileOthersWrite() {
        for (String model : List.of("b", "d", "f", "h")) {
            register(model, "x");
        }
        Page<RegisteredModel> first = registry.models(ModelQuery.all().limit(2));
        assertThat(first.items()).extracting(m -> m.name().name()).containsExactly("b", "d");
        register("a", "x");
        register("c", "x");
        register("e", "x");
        assertThat(models(registry, ModelQuery.all().limit(2).after(first.next().orElseThrow())))
                .containsExactly("e", "f", "h");
    }

    @Test
    void foldersThatAreNoModelsAreNotListed() throws IOException {
        register("iris", "x");
        for (String key :
                List.of("models/my notes/a.txt", "models/Iris/a.txt", "models/con_/x", "models/iris/foo bar/x")) {
            node.write(StorageKey.of(key), Content.of(bytes("foreign")), WriteCondition.unconditional());
        }
        assertThat(models(fresh(), ModelQuery.all())).containsExactly("iris");
    }

    @Test
    void aTokenThatIsNoneIsRefused() {
        for (String token : List.of("", "/", "a/b/c", "a/", "../x", "a b\u0000", "x".repeat(300))) {
            assertRefused(
                    () -> registry.models(ModelQuery.all().after(token)),
                    InvalidValueException.class,
                    ErrorCode.INVALID,
                    "page token");
        }
        assertRefused(
                () -> registry.models(ModelQuery.inGroup("a/b")),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "a/b");
        assertRefused(
                () -> ModelQuery.all().limit(0), InvalidValueException.class, ErrorCode.INVALID, "page limit '0'");
        assertRefused(
                () -> VersionQuery.all().limit(1001),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "page limit '1001'");
        register("iris", "x");
        assertRefused(
                () -> registry.versions(name("iris"), VersionQuery.all().after("zzz")),
                InvalidValueException.class,
                ErrorCode.INVALID,
                "zzz");
    }

    @Test
    void versionsComeNewestFirstInSemanticOrder() {
        for (String version : List.of("1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0-alpha", "1.9.0-beta")) {
            register("iris", version, "x");
        }
        assertThat(versionsOf(registry, "iris"))
                .containsExactly("2.0.0-rc.1", "2.0.0-alpha", "1.10.0", "1.9.0", "1.9.0-beta", "1.0.0");
        assertThat(registry.resolve("iris").version()).hasToString("1.10.0");
        assertThat(registry.getModel("iris").newestStable().orElseThrow()).hasToString("1.10.0");
        assertThat(registry.getModel("iris").versionCount()).isEqualTo(6);
    }

    @Test
    void versionsAreFilteredAndPaged() {
        for (int i = 0; i < 10; i++) {
            register("iris", "1." + i + ".0", "x" + i);
        }
        registry.promote("iris:1.2.0", Stage.STAGING);
        registry.promote("iris:1.5.0", Stage.STAGING);
        VersionQuery staging = VersionQuery.all().in(Stage.STAGING);
        assertThat(listed(staging)).containsExactly("1.5.0", "1.2.0");
        assertThat(listed(staging.in(VersionRange.parse("<1.3")))).containsExactly("1.2.0");
        assertThat(listed(VersionQuery.all().in(Stage.NONE))).hasSize(8);
        Page<VersionSummary> page =
                registry.versions(name("iris"), VersionQuery.all().limit(4));
        assertThat(page.items())
                .extracting(v -> v.version().toString())
                .containsExactly("1.9.0", "1.8.0", "1.7.0", "1.6.0");
        register("iris", "1.6.5", "new");
        assertThat(listed(VersionQuery.all().limit(3).after(page.next().orElseThrow())))
                .containsExactly("1.5.0", "1.4.0", "1.3.0");
        assertThat(registry.versions(name("iris"), VersionQuery.all().limit(11)).next())
                .isEmpty();
    }

    private List<String> listed(VersionQuery query) {
        return registry.versions(name("iris"), query).items().stream()
                .map(v -> v.version().toString())
                .toList();
    }

    @Test
    void everyFormOfReferenceLeadsToItsVersion() {
        register("iris", "1.0.0", "a");
        register("iris", "1.2.3", "b");
        VersionSummary last = register("iris", "2.0.0-rc.1", "c").summary();
        registry.promote("iris:1.0.0", Stage.PRODUCTION);
        registry.aliases("iris").set("champion", "1.2.3");
        String digest = last.manifestDigest().toString();
        assertThat(resolved("iris")).isEqualTo("1.2.3");
        assertThat(resolved("iris:^1")).isEqualTo("1.2.3");
        assertThat(resolved("iris:1")).isEqualTo("1.2.3");
        assertThat(resolved("iris#3")).isEqualTo("2.0.0-rc.1");
        assertThat(resolved("iris@Production")).isEqualTo("1.0.0");
        assertThat(resolved("iris@none")).isEqualTo("2.0.0-rc.1");
        assertThat(resolved("iris@champion")).isEqualTo("1.2.3");
        assertThat(resolved("iris@" + digest)).isEqualTo("2.0.0-rc.1");
        assertThat(resolved("iris:2.0.0-rc.1@" + digest)).isEqualTo("2.0.0-rc.1");
        for (String nowhere : List.of(
                "iris:3.0.0",
                "iris:^3",
                "iris#4",
                "iris@staging",
                "iris@other",
                "iris@draft",
                "rose",
                "iris:1.0.0@" + digest)) {
            assertThat(registry.find(ModelRef.parse(nowhere))).as(nowhere).isEmpty();
            assertRefused(
                    () -> registry.get(nowhere),
                    ModelNotFoundException.class,
                    ErrorCode.NOT_FOUND,
                    "'" + nowhere + "'");
        }
    }

    private String resolved(String ref) {
        assertThat(registry.get(ref).summary()).isEqualTo(fresh().resolve(ref));
        return registry.get(ref).version().toString();
    }

    @Test
    void theBestVersionIsTheNewestOfTheBest() {
        metric("1.0.0", 0.9);
        metric("1.1.0", 0.95);
        metric("1.2.0", 0.95);
        metric("1.3.0", 0.1);
        register("digits", "9.0.0", "no metric");
        metric("1.4.0", 0.1);
        assertThat(registry.best("digits", "accuracy").version()).hasToString("1.2.0");
        assertThat(registry.findBest(name("digits"), Metric.lowest("accuracy"))
                        .orElseThrow()
                        .version())
                .hasToString("1.4.0");
        assertThat(registry.findBest(name("digits"), Metric.lowest("loss"))).isEmpty();
        assertRefused(
                () -> registry.best("digits", "loss"),
                ModelNotFoundException.class,
                ErrorCode.NOT_FOUND,
                "'digits'",
                "no version has the metric 'loss'");
    }

    private void metric(String version, double value) {
        registry.register(Registration.of("digits")
                .version(version)
                .file("m", bytes(version))
                .metric("accuracy", value)
                .build());
    }

    @Test
    void aComparisonNamesWhatDiffersAndNothingElse() {
        registry.register(Registration.of("digits")
                .version("1.0.0")
                .file("same", bytes("same"))
                .file("changed", bytes("one"))
                .file("gone", bytes("x"))
                .metric("accuracy", 0.9)
                .metric("f1", 0.5)
                .modelType("tree")
                .build());
        registry.register(Registration.of("digits")
                .version("2.0.0")
                .file("same", bytes("same"))
                .file("changed", bytes("two"))
                .file("new", bytes("x"))
                .metric("accuracy", 0.95)
                .metric("f1", 0.5)
                .metric("loss", 1)
                .build());
        VersionComparison comparison = registry.compare("digits:1.0.0", "digits:2.0.0");
        assertThat(new TreeSet<>(comparison.files().keySet()))
                .extracting(Object::toString)
                .containsExactly("changed", "gone", "new");
        assertThat(comparison.metrics().keySet()).containsExactly("accuracy", "loss");
        assertThat(comparison.metrics().get("loss").left()).isEmpty();
        assertThat(comparison.metrics().get("loss").right()).contains(1.0);
        assertThat(comparison.facts()).singleElement().satisfies(fact -> {
            assertThat(fact.what()).isEqualTo("model type");
            assertThat(fact.left()).contains("tree");
            assertThat(fact.right()).isEqualTo(Optional.empty());
        });
        assertThat(registry.compare("digits:1.0.0", "digits#1").isEmpty()).isTrue();
    }

    @Test
    void namesAreListedInTheOrderOfModelsAndPageByPage() {
        for (String name : new String[] {"iris", "nlp/sentiment", "nlp/toxicity", "nlp", "vision/digits"}) {
            register(name, "1.0.0", "a");
        }
        List<String> models = new ArrayList<>();
        registry.models(ModelQuery.all())
                .items()
                .forEach(model -> models.add(model.name().toString()));
        for (int limit : new int[] {1, 2, 3, 100}) {
            List<String> names = new ArrayList<>();
            ModelQuery query = ModelQuery.all().limit(limit);
            Page<ModelName> page = registry.modelNames(query);
            while (true) {
                assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
                page.items().forEach(name -> names.add(name.toString()));
                if (page.next().isEmpty()) {
                    break;
                }
                page = registry.modelNames(query.after(page.next().get()));
            }
            assertThat(names).as("pages of %s", limit).isEqualTo(models).hasSize(5);
        }
        assertThat(registry.modelNames(ModelQuery.inGroup("nlp")).items())
                .containsExactly(ModelName.parse("nlp/sentiment"), ModelName.parse("nlp/toxicity"));
        assertThat(registry.modelNames(ModelQuery.inGroup("default")).items())
                .containsExactly(ModelName.parse("iris"), ModelName.parse("nlp"));
        assertThat(registry.modelNames(ModelQuery.inGroup("none")).items()).isEmpty();
    }
}
