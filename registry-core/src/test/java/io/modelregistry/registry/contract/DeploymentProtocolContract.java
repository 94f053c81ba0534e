package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.deployment.DeploymentStore;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CommitConflictException;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.registry.contract.LossyNode.Loss;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.contract.Race;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a change of a deployment is committed: races, lost replies, crashes, and what it costs. */
abstract class DeploymentProtocolContract extends DeploymentSubject {
    private static final StorageKey FIRST_EVENT = StorageKey.of("deployments/fraud/_history/0000000001.json");

    private static void assertGapless(List<DeploymentEvent> events) {
        assertThat(events)
                .extracting(DeploymentEvent::revision)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, events.size()).boxed().toList());
        assertThat(events).extracting(DeploymentEvent::operation).doesNotHaveDuplicates();
    }

    @Test
    void noChangeOfTwoRacingRegistriesIsLost() throws Exception {
        int threads = 8;
        int changes = 50;
        deploy(store, "1.0.0");
        List<DeploymentStore> stores = List.of(fresh().deployments(), fresh().deployments());

        List<List<DeploymentSnapshot>> done = Race.of(threads).run(thread -> {
            List<DeploymentSnapshot> mine = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                mine.add(label(stores.get(thread % 2), "t" + thread, Integer.toString(i)));
            }
            return mine;
        });

        List<DeploymentEvent> events = history(fresh().deployments());
        assertGapless(events);
        assertThat(events).hasSize(1 + threads * changes);
        Map<Long, DeploymentEvent> byRevision = new TreeMap<>();
        events.forEach(event -> byRevision.put(event.revision(), event));
        for (List<DeploymentSnapshot> mine : done) {
            assertThat(mine)
                    .allSatisfy(snapshot ->
                            assertThat(byRevision.get(snapshot.revision())).isEqualTo(snapshot.event()));
        }
        assertThat(fresh().deployments().find(FRAUD).orElseThrow().state().labels())
                .hasSize(threads)
                .allSatisfy((thread, last) -> assertThat(last).isEqualTo("49"));
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aLostReplyIsFoundOut(Loss loss) {
        for (StorageKey key : List.of(HEAD, FIRST_EVENT)) {
            int before = store.find(FRAUD).isPresent() ? history(store).size() : 0;
            if (before == 0) {
                deploy(fresh(new LossyNode(node, HEAD, loss, 1)).deployments(), "1.0.0");
            }
            DeploymentSnapshot changed =
                    label(fresh(new LossyNode(node, key, loss, 2)).deployments(), "key", key.value());

            assertThat(fresh().deployments().find(FRAUD)).contains(changed);
            assertGapless(history(fresh().deployments()));
        }
        assertThat(history(store)).hasSize(3);
    }

    @Test
    void aCommitWhoseReplyIsLostIsFoundInTheHistoryWhenOthersHaveGoneOn() {
        deploy(store, "1.0.0");
        LossyNode lossy = new LossyNode(node, HEAD, Loss.AFTER_THE_EFFECT, 1).meanwhile(() -> {
            label(store, "other", "1");
            label(store, "other", "2");
        });

        DeploymentSnapshot mine = label(fresh(lossy).deployments(), "mine", "1");

        assertThat(mine.revision()).isEqualTo(2);
        assertThat(mine.state().labels()).isEqualTo(Map.of("mine", "1"));
        List<DeploymentEvent> events = history(fresh().deployments());
        assertGapless(events);
        assertThat(events)
                .extracting(DeploymentEvent::detail)
                .containsExactly("fraud:1.0.0", "mine=1", "other=1", "other=2");
    }

    @Test
    void aCommitThatDidNotTakePlaceIsDecidedAnew() {
        deploy(store, "1.0.0");
        LossyNode lossy = new LossyNode(node, HEAD, Loss.BEFORE_THE_EFFECT, 1).meanwhile(() -> label(store, "o", "1"));

        DeploymentSnapshot mine = label(fresh(lossy).deployments(), "mine", "1");

        assertThat(mine.revision()).isEqualTo(3);
        assertThat(mine.state().labels()).isEqualTo(Map.of("mine", "1", "o", "1"));
        assertGapless(history(fresh().deployments()));
    }

    @Test
    void whatCannotBeFoundOutIsSaidToBeUnknown() {
        deploy(store, "1.0.0");
        DeploymentStore hurried = opened(
                        ModelRegistries.builder(new LossyNode(node, HEAD, Loss.BEFORE_THE_EFFECT, Integer.MAX_VALUE))
                                .leaveNodeOpen()
                                .commitLimit(Duration.ofMillis(30)))
                .deployments();

        assertThatThrownBy(() -> label(hurried, "a", "1"))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("fraud");
    }

    @Test
    void whoAlwaysLosesGivesUpWithAConflictAndNothingHasChanged() {
        deploy(store, "1.0.0");
        AtomicInteger others = new AtomicInteger();
        StorageNode outrun = new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (key.equals(HEAD)) {
                    label(store, "other", Integer.toString(others.incrementAndGet()));
                }
                return super.write(key, content, condition);
            }
        };
        DeploymentStore slow = opened(
                        ModelRegistries.builder(outrun).leaveNodeOpen().commitLimit(Duration.ofMillis(30)))
                .deployments();

        assertThatThrownBy(() -> label(slow, "mine", "1"))
                .isInstanceOf(CommitConflictException.class)
                .hasMessageContaining("deployment 'fraud'");
        assertThat(history(store)).hasSize(1 + others.get());
        assertThat(store.find(FRAUD).orElseThrow().state().labels()).doesNotContainKey("mine");
    }

    @Test
    void aCrashBetweenHistoryAndHeadLeavesNothingThatStopsTheNextChange() throws IOException {
        deploy(store, "1.0.0");
        StorageNode dying = new ForwardingNode(node) {
            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (key.equals(HEAD)) {
                    throw new IllegalStateException("the process dies");
                }
                return super.write(key, content, condition);
            }
        };
        assertThatThrownBy(() -> label(fresh(dying).deployments(), "a", "1")).hasMessage("the process dies");
        assertThat(node.find(FIRST_EVENT)).isPresent();

        assertThat(history(fresh().deployments())).hasSize(1);
        assertThat(label(fresh().deployments(), "b", "1").revision()).isEqualTo(2);
        assertGapless(history(fresh().deployments()));
    }

    @Test
    void eachEventHasTheDigestOfTheOneBefore() throws IOException {
        deploy(store, "1.0.0");
        label(store, "a", "1");
        label(store, "a", "2");

        String first = text(FIRST_EVENT);
        String second = text(StorageKey.of("deployments/fraud/_history/0000000002.json"));
        assertThat(first).doesNotContain("\"previous\"");
        assertThat(second).contains("\"previous\":\"" + io.modelregistry.model.Digest.sha256(bytes(first)) + "\"");
        assertThat(text(HEAD)).contains("\"previous\":\"" + io.modelregistry.model.Digest.sha256(bytes(second)) + "\"");
        assertThat(store.history(FRAUD, 1, 1))
                .extracting(DeploymentEvent::detail)
                .containsExactly("a=1");
        assertThat(store.history(FRAUD, 3, 10)).isEmpty();
        assertThat(store.history(FRAUD, -5, 2)).hasSize(2);
        assertRefused(
                () -> store.history(FRAUD, 0, 0),
                io.modelregistry.model.InvalidValueException.class,
                ErrorCode.INVALID,
                "limit");
    }

    @Test
    void findingWhatIsUnchangedIsOneConditionalRead() {
        CountingNode counted = new CountingNode(node);
        DeploymentStore counting = fresh(counted).deployments();
        DeploymentSnapshot made = deploy(counting, "1.0.0");
        counted.reset();

        assertThat(counting.find(FRAUD)).contains(made);

        assertThat(counted.reads()).containsExactly(HEAD.value());
        assertThat(counted.transfers()).isEmpty();
        assertThat(counted.finds()).isEmpty();
        DeploymentSnapshot changed = label(store, "a", "1");
        assertThat(counting.find(FRAUD)).contains(changed);
        assertThat(counted.transfers()).containsExactly(HEAD.value());
    }

    @Test
    void aChangeIsTwoWritesAndOneConditionalRead() {
        CountingNode counted = new CountingNode(node);
        DeploymentStore counting = fresh(counted).deployments();
        deploy(counting, "1.0.0");
        assertThat(counted.writes()).hasSize(2).endsWith(HEAD.value()); // The first is the registry's own document.
        counted.reset();

        label(counting, "a", "1");

        assertThat(counted.writes()).containsExactly(FIRST_EVENT.value(), HEAD.value());
        assertThat(counted.reads()).containsExactly(HEAD.value());
        assertThat(counted.transfers()).isEmpty();
        assertThat(counted.finds()).isEmpty();
    }

    @Test
    void aHeadThatTheStoreCannotReplaceOnAConditionIsRefused() {
        deploy(store, "1.0.0");
        StorageNode small = new ForwardingNode(node) {
            @Override
            public long maxConditionalSize() {
                return 3000;
            }
        };
        DeploymentStore bounded = fresh(small).deployments();
        label(bounded, "a", "1");

        assertRefused(
                () -> label(bounded, "b", "x".repeat(3000)),
                RegistryException.class,
                ErrorCode.INVALID,
                "fraud",
                "3000");
    }

    @Test
    void whatIsFoundDoneIsMadeDurable() {
        deploy(store, "1.0.0");
        List<String> durable = new ArrayList<>();
        StorageNode asked = new ForwardingNode(node) {
            @Override
            public void ensureDurable(StorageKey key) throws IOException {
                durable.add(key.value());
                super.ensureDurable(key);
            }
        };

        fresh(asked).deployments().change(FRAUD, "", present -> java.util.Optional.empty());

        assertThat(durable).containsExactly(HEAD.value());
    }

    @Test
    void aRefusedWriteOfTheFirstHeadLetsTheOtherOneWin() {
        StorageNode forestalled = new ForwardingNode(node) {
            private boolean first = true;

            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                if (key.equals(HEAD) && first) {
                    first = false;
                    deploy(store, "1.0.0");
                    label(store, "a", "1");
                    throw new WriteConflictException(key, "There is one already", null);
                }
                return super.write(key, content, condition);
            }
        };

        assertThat(deploy(fresh(forestalled).deployments(), "2.0.0").revision()).isEqualTo(3);
        assertGapless(history(store));
    }
}
