package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.RegistryEnvironment;
import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.runtime.MemoryBudget;
import io.modelregistry.inference.runtime.MemoryBudgetExceededException;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.FileKind;
import io.modelregistry.registry.Registration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that share a memory budget. */
final class OnDemandTest {
    private static final long MODEL = 1 << 20;

    private static Deployments within(Lab lab, long bytes) {
        return Deployments.builder(lab.registry)
                .pollInterval(Duration.ofSeconds(1))
                .memory(MemoryBudget.ofBytes(bytes))
                .open();
    }

    private static void register(Lab lab, String model) {
        lab.registry.register(Registration.of(model)
                .file("model.txt", model.getBytes(StandardCharsets.UTF_8))
                .framework("scripted", "1")
                .version("1.0.0")
                .build());
    }

    @Test
    void theEnvironmentSaysHowMuch() {
        RegistryEnvironment environment = RegistryEnvironment.of(Map.of(
                "MODEL_REGISTRY_STORAGE", "memory:",
                "MODEL_REGISTRY_REPLICAS", "3",
                "MODEL_REGISTRY_THREADS", "2",
                "MODEL_REGISTRY_MEMORY", "8MiB"));
        DeploymentOptions options =
                DeploymentOptions.builder().environment(environment).build();
        assertThat(options.replicas()).contains(3);
        assertThat(options.load().intraOpThreads()).isEqualTo(2);
        try (Lab lab = new Lab();
                Deployments deployments = Deployments.builder(lab.registry)
                        .environment(environment)
                        .open()) {
            assertThat(deployments.memory().limit()).isEqualTo(8L << 20);
        }
    }

    @Test
    void aLoadThatDoesNotFitIsRefusedWithTheNumbers() {
        try (Lab lab = new Lab().with("1.0.0", "2.0.0");
                Deployments deployments = within(lab, MODEL + MODEL / 2)) {
            DeploymentOptions options = lab.options().memoryBytes(MODEL).build();
            Deployment deployment = deployments.deploy("churn", "m:1.0.0", options);
            assertThatThrownBy(() -> deployment.swap("m:2.0.0", ""))
                    .isInstanceOfSatisfying(MemoryBudgetExceededException.class, e -> {
                        assertThat(e.required()).isEqualTo(MODEL);
                        assertThat(e.admitted()).isEqualTo(MODEL);
                        assertThat(e.limit()).isEqualTo(MODEL + MODEL / 2);
                    });
            assertThat(Lab.answer(deployment)).isEqualTo(1);
            assertThat(deployments.memory().admitted()).isEqualTo(MODEL);
        }
    }

    /** Its file has 20 kB, its session takes 160. */
    @Test
    void whatTheFileSaysOfTheModelIsReservedAndNotItsSize() {
        try (Lab lab = new Lab();
                Deployments deployments = within(lab, 100_000)) {
            lab.registry.register(Registration.of("digits", Fixtures.model("digits-mlp.onnx"))
                    .version("1.0.0")
                    .build());
            assertThatThrownBy(() -> deployments.deploy("digits", "digits:1.0.0"))
                    .isInstanceOf(MemoryBudgetExceededException.class);
            assertThat(deployments.memory().admitted()).isZero();
        }
    }

    @Test
    void twoHundredModelsServeThroughABudgetForTwenty() throws Exception {
        try (Lab lab = new Lab();
                Deployments deployments = within(lab, 20 * MODEL)) {
            List<Deployment> all = new ArrayList<>();
            DeploymentOptions options = lab.options()
                    .memoryBytes(MODEL)
                    .checkRuns(0)
                    .loading(DeploymentOptions.Loading.ON_DEMAND)
                    .build();
            for (int i = 0; i < 200; i++) {
                register(lab, "m" + i);
                all.add(deployments.deploy("d" + i, "m" + i + ":1.0.0", options));
            }
            assertThat(lab.engine.opened).hasValue(0);
            AtomicInteger most = new AtomicInteger();
            List<Thread> clients = IntStream.range(0, 4)
                    .mapToObj(client -> new Thread(() -> {
                        Random random = new Random(client);
                        for (int i = 0; i < 300; i++) {
                            assertThat(Lab.answer(all.get(random.nextInt(all.size()))))
                                    .isEqualTo(1);
                            most.accumulateAndGet(lab.engine.open(), Math::max);
                        }
                    }))
                    .toList();
            AtomicInteger failed = new AtomicInteger();
            clients.forEach(client -> client.setUncaughtExceptionHandler((thread, e) -> failed.incrementAndGet()));
            clients.forEach(Thread::start);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failed).hasValue(0);
            assertThat(most.get()).isBetween(10, 20);
            assertThat(lab.engine.opened.get()).isGreaterThan(200);
            assertThat(lab.engine.usedAfterClose).hasValue(0);
            assertThat(deployments.memory().admitted()).isLessThanOrEqualTo(20 * MODEL);
        }
    }

    @Test
    void manyCallersOfAModelThatIsNotLoadedLoadItOnce() throws Exception {
        try (Lab lab = new Lab().with("1.0.0");
                Deployments deployments = within(lab, 20 * MODEL)) {
            Deployment deployment = deployments.deploy(
                    "churn",
                    "m:1.0.0",
                    lab.options().loading(DeploymentOptions.Loading.ON_DEMAND).build());
            List<Thread> callers = IntStream.range(0, 16)
                    .mapToObj(i -> new Thread(() -> Lab.answer(deployment)))
                    .toList();
            callers.forEach(Thread::start);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(lab.engine.opened).hasValue(1);
            assertThat(deployment
                            .predictAsync(ScriptedProvider.row(1, 1), RequestContext.none())
                            .join()
                            .variant())
                    .isEqualTo("primary");
        }
        // Closing ends all.
    }

    @Test
    void theExampleInputOfAVersionIsTried(@TempDir Path folder) throws Exception {
        try (Lab lab = new Lab().with("1.0.0")) {
            Path good = Files.writeString(folder.resolve("input.json"), "{\n \"x\": [[4, 5]]\n}");
            Path bad = Files.writeString(folder.resolve("bad.json"), "{\"z\": 1}");
            for (int major = 2; major <= 4; major++) {
                lab.registry.register(Registration.of("m")
                        .file("model.txt", ("example " + major).getBytes(StandardCharsets.UTF_8))
                        .file("example/input.json", FileKind.EXAMPLE, major == 4 ? bad : good)
                        .framework("scripted", "1")
                        .version(major + ".0.0")
                        .build());
            }
            lab.engine.behave("m:2.0.0", in -> {
                assertThat(in.get("x").floats()).containsExactly(4, 5);
                return ScriptedProvider.add(in, 2);
            });
            lab.engine.behave("m:3.0.0", in -> {
                throw new IllegalStateException("cannot do that one");
            });
            Deployment deployment =
                    lab.instance().deploy("churn", "m:1.0.0", lab.options().build());
            deployment.swap("m:2.0.0", "");
            assertThatThrownBy(() -> deployment.swap("m:3.0.0", ""))
                    .isInstanceOf(PreflightFailedException.class)
                    .hasMessageContaining("it failed on its example input")
                    .hasMessageContaining("cannot do that one");
            assertThatThrownBy(() -> deployment.swap("m:4.0.0", ""))
                    .isInstanceOf(PreflightFailedException.class)
                    .hasMessageContaining("its example input 'example/input.json' cannot be read");
            await().untilAsserted(() -> assertThat(lab.engine.open()).isEqualTo(1));
        }
    }
}
