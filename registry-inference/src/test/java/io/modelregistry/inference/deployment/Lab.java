package io.modelregistry.inference.deployment;

import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.inference.LoadOptions;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** A store, an engine that does what it is told, and any number of instances over them. */
final class Lab implements AutoCloseable {
    final StorageNode node;
    final ScriptedProvider engine = new ScriptedProvider();
    final ModelRegistry registry;
    private final List<Deployments> opened = new ArrayList<>();

    Lab() {
        this(new InMemoryStorageNode());
    }

    Lab(StorageNode node) {
        this(node, ModelRegistries.builder(node).leaveNodeOpen().open());
    }

    /** Over a registry that was opened in another way, and is closed with this. */
    Lab(StorageNode node, ModelRegistry registry) {
        this.node = node;
        this.registry = registry;
    }

    /** Registers versions of the model {@code m}. */
    Lab with(String... versions) {
        for (String version : versions) {
            registry.register(Registration.of("m")
                    .file("model.txt", ("version " + version).getBytes(StandardCharsets.UTF_8))
                    .framework("scripted", "1")
                    .version(version)
                    .build());
        }
        return this;
    }

    /** An instance that looks every few milliseconds. */
    Deployments instance(String id) {
        return instance(id, Duration.ofMillis(50));
    }

    /** One that is not taken to be gone when a busy machine keeps it from running for less than three heartbeats. */
    Deployments instance(String id, Duration heartbeat) {
        Deployments deployments = Deployments.builder(registry)
                .instance(id)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(heartbeat)
                .open();
        opened.add(deployments);
        return deployments;
    }

    Deployments instance() {
        return instance("here");
    }

    DeploymentOptions.Builder options() {
        return DeploymentOptions.builder()
                .load(LoadOptions.builder().provider(engine).build())
                .drainTimeout(Duration.ofSeconds(5));
    }

    /** Tries again what a busy machine has not loaded within a short limit that the test needs. */
    static Deployment patiently(Supplier<Deployment> deploying) {
        return await().atMost(Duration.ofSeconds(60))
                .ignoreException(LoadTimeoutException.class)
                .until(deploying::get, Objects::nonNull);
    }

    /** Which version answers a request without a key. */
    static float answer(Deployment deployment) {
        return deployment.predict(ScriptedProvider.row(0, 0)).outputs().get("y").floatAt(0, 0);
    }

    @Override
    public void close() {
        opened.forEach(Deployments::close);
        registry.close();
        node.close();
    }
}
