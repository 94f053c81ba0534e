package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.fs.FileSystemStorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several instances over one store, each in its own JVM or all in this one, follow what one of them is asked to do. */
final class FleetTest {
    private static final Duration LONG = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    /** A fleet and what was committed. */
    private static final class Fleet implements AutoCloseable {
        final Map<String, FleetMember> members = new LinkedHashMap<>();
        final Map<String, Long> since = new LinkedHashMap<>();
        final FleetCheck check = new FleetCheck();
        final ModelRegistry registry;
        private final StorageNode node;
        private final Opener opener;

        /** Makes a member that serves nothing yet. */
        private interface Opener {
            FleetMember open(String id) throws IOException;
        }

        Fleet(StorageNode node, Opener opener) {
            this.node = node;
            this.opener = opener;
            this.registry = ModelRegistries.builder(node).leaveNodeOpen().open();
            for (String version : new String[] {"1.0.0", "2.0.0", "3.0.0"}) {
                registry.register(Registration.of("m")
                        .file("model.txt", ("version " + version).getBytes(StandardCharsets.UTF_8))
                        .framework("scripted", "1")
                        .version(version)
                        .build());
            }
        }

        DeploymentSnapshot now() {
            return registry.deployments().find(FleetInstance.NAME).orElseThrow();
        }

        private FleetMember member(String id) {
            return Objects.requireNonNull(members.get(id));
        }

        void start(int count) throws Exception {
            for (int i = 0; i < count; i++) {
                members.put("i" + i, opener.open("i" + i));
            }
            change("i0", "deploy m:1.0.0");
            since.put("i0", 1L);
            for (int i = 1; i < count; i++) {
                member("i" + i).ask("join");
                since.put("i" + i, 1L);
            }
            settle();
        }

        void join(String id) throws Exception {
            long revision = now().revision();
            members.put(id, opener.open(id));
            member(id).ask("join");
            since.put(id, revision);
        }

        /** Has a member change the deployment, and waits until that must be so everywhere. */
        void change(String id, String command) throws Exception {
            long asked = FleetInstance.now();
            member(id).ask(command);
            committed(asked);
        }

        void committed(long asked) {
            DeploymentSnapshot after = now();
            check.committed(
                    after.revision(), asked, FleetInstance.now(), after.state().traffic());
        }

        void settle() throws Exception {
            for (FleetMember member : members.values()) {
                member.ask("settle");
            }
        }

        /** Checks all records, and that each member that lives was seen to take the last revision. */
        void check() throws Exception {
            long last = now().revision();
            for (Map.Entry<String, FleetMember> member : members.entrySet()) {
                long first = since.getOrDefault(member.getKey(), 1L);
                assertThat(check.check(member.getKey(), first, member.getValue().record()))
                        .as("revisions that held on %s", member.getKey())
                        .contains(last)
                        .hasSizeGreaterThan(2);
            }
        }

        @Override
        public void close() throws IOException {
            for (FleetMember member : members.values()) {
                member.close();
            }
            registry.close();
            node.close();
        }
    }

    private static Fleet inOneJvm() {
        StorageNode node = new InMemoryStorageNode();
        return new Fleet(node, id -> new FleetInstance(node, id));
    }

    private Fleet inManyJvms() {
        Path store = folder.resolve("store");
        return new Fleet(
                FileSystemStorageNode.at(store), id -> FleetChild.start(store, id, folder.resolve(id + "-errors.txt")));
    }

    @Test
    void instancesOfOneJvmFollowARollout() throws Exception {
        try (Fleet fleet = inOneJvm()) {
            fleet.start(4);
            followARollout(fleet);
        }
    }

    @Test
    void fourJvmsFollowARollout() throws Exception {
        try (Fleet fleet = inManyJvms()) {
            fleet.start(4);
            followARollout(fleet);
        }
    }

    private static void followARollout(Fleet fleet) throws Exception {
        fleet.change("i0", "roll-out m:2.0.0");
        fleet.settle();
        long keys = fleet.check.canaryKeys();
        assertThat(keys).isLessThan(20);
        for (int step = 0; step < 3; step++) {
            fleet.change("i" + (step + 1), "approve");
            if (step == 0) {
                fleet.join("late");
            }
            fleet.settle();
            assertThat(fleet.check.canaryKeys()).isGreaterThan(keys);
            keys = fleet.check.canaryKeys();
        }
        assertThat(keys).isEqualTo(FleetInstance.KEYS);
        fleet.change("i2", "promote");
        fleet.settle();
        fleet.change("i3", "roll-back");
        fleet.settle();
        fleet.change("late", "swap m:3.0.0");
        fleet.settle();
        fleet.change("i0", "swap m:1.0.0");
        fleet.settle();
        fleet.check();
    }

    @Test
    void aBreachThatOneInstanceSeesRollsAllBack() throws Exception {
        try (Fleet fleet = inOneJvm()) {
            fleet.start(4);
            fleet.change("i0", "try m:3.0.0");
            fleet.settle();
            long before = fleet.now().revision();
            long asked = FleetInstance.now();
            Objects.requireNonNull(fleet.members.get("i2")).ask("break m:3.0.0");
            await().atMost(LONG).until(() -> fleet.now().state().rollout().isEmpty());
            fleet.committed(asked);
            fleet.settle();
            assertThat(fleet.now().revision()).isEqualTo(before + 1);
            assertThat(fleet.now().event().action()).isEqualTo(DeploymentAction.ROLLED_BACK);
            assertThat(fleet.now().event().reason()).contains("error rate");
            fleet.check();
        }
    }

    @Test
    void theOthersGoOnWithoutAnInstanceThatWasKilled() throws Exception {
        try (Fleet fleet = inManyJvms()) {
            fleet.start(3);
            fleet.change("i0", "roll-out-by-itself m:2.0.0");
            FleetChild killed = (FleetChild) Objects.requireNonNull(fleet.members.remove("i2"));
            killed.kill();
            long asked = FleetInstance.now();
            await().atMost(LONG).until(() -> fleet.now().event().action() == DeploymentAction.PROMOTED);
            fleet.committed(asked);
            fleet.settle();
            fleet.change("i1", "swap m:3.0.0");
            fleet.settle();
            for (FleetMember member : fleet.members.values()) {
                String last = member.record().stream()
                        .filter(line -> line.startsWith("pass "))
                        .reduce((a, b) -> b)
                        .orElseThrow();
                assertThat(last).endsWith("3".repeat(FleetInstance.KEYS));
            }
        }
    }
}
