package io.modelregistry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.ByteRange;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.StoredObject;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was written and then cannot be read back may have been committed: the error must not say that it was not. */
class DamagedReadBackTest {
    private final InMemoryStorageNode node = new InMemoryStorageNode();

    @BeforeEach
    void registerOne() {
        use(node, registry -> registry.register(version("1.0.0")));
    }

    @Test
    void aHeadThatIsCutOffWhenItIsReadBackAfterARefusalLeavesTheOutcomeUnknown() {
        StorageNode cutting = new RefusingOwnWrite(node, "models/iris/_model.json");

        assertUnknown(() -> use(cutting, registry -> registry.promote("iris:1.0.0", Stage.PRODUCTION)));
        use(node, registry -> registry.resolve("iris@production"));
    }

    @Test
    void aVersionDocumentThatIsCutOffWhenItIsReadBackAfterARefusalLeavesTheOutcomeUnknown() {
        StorageNode cutting = new RefusingOwnWrite(node, "models/iris/2.0.0_meta.json") {
            @Override
            boolean isRefused(WriteCondition condition) {
                return condition instanceof WriteCondition.IfMatches;
            }
        };

        assertUnknown(() -> use(cutting, registry -> registry.register(version("2.0.0"))));
        use(node, registry -> registry.register(version("2.0.0")));
    }

    @Test
    void anEventThatIsCutOffWhenASealedVersionIsPublishedLeavesTheOutcomeUnknown() {
        StorageNode cutting = new RefusingOwnWrite(node, "models/iris/_history/0000000001.json");

        assertUnknown(() -> use(cutting, registry -> registry.register(version("2.0.0"))));
        use(node, registry -> registry.register(version("2.0.0")));
    }

    @Test
    void aHeadThatIsCutOffWhenTheModelIsReadAfterItsCommitLeavesTheOutcomeUnknown() {
        StorageNode cutting = new ForwardingNode(node) {
            private boolean isCommitted;

            @Override
            public StoredObject write(StorageKey key, Content content, WriteCondition condition) throws IOException {
                StoredObject written = super.write(key, content, condition);
                isCommitted |= key.value().equals("models/iris/_model.json");
                return written;
            }

            @Override
            public Optional<OpenObject> open(StorageKey key, ByteRange range, @Nullable String unlessEtag)
                    throws IOException {
                return isCommitted
                        ? super.open(key, range, null).map(DamagedReadBackTest::cut)
                        : super.open(key, range, unlessEtag);
            }
        };

        assertUnknown(() -> use(
                cutting,
                registry -> registry.edit("iris")
                        .facts(ExpectedRevision.any(), facts -> facts.withDescription("flowers"))));
        use(
                node,
                registry -> assertThat(registry.getModel("iris").facts().description())
                        .isEqualTo("flowers"));
    }

    private static void assertUnknown(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isExactlyInstanceOf(OutcomeUnknownException.class)
                .hasMessageStartingWith("Cannot tell whether to ")
                .hasStackTraceContaining(CorruptionException.class.getName());
    }

    private static Registration version(String version) {
        return Registration.of("iris")
                .version(version)
                .file("m", version.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    /** Uses a registry. */
    private interface Use {
        void on(ModelRegistry registry);
    }

    private static void use(StorageNode node, Use use) {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            use.on(registry);
        }
    }

    private static OpenObject cut(OpenObject object) {
        try (object) {
            byte[] half = object.stream().readNBytes((int) object.object().size() / 2);
            return new OpenObject(object.object(), new ByteArrayInputStream(half));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Takes a conditional write of one key, answers with a conflict, and cuts off what is read of it then. */
    private static class RefusingOwnWrite extends ForwardingNode {
        private final String key;
        private boolean isRefused;

        RefusingOwnWrite(StorageNode node, String key) {
            super(node);
            this.key = key;
        }

        boolean isRefused(WriteCondition condition) {
            return !(condition instanceof WriteCondition.Unconditional);
        }

        @Override
        public StoredObject write(StorageKey at, Content content, WriteCondition condition) throws IOException {
            StoredObject written = super.write(at, content, condition);
            if (at.value().equals(key) && isRefused(condition)) {
                isRefused = true;
                throw new WriteConflictException(at, "Cannot write '" + at + "': 412, expected to be first", null);
            }
            return written;
        }

        @Override
        public Optional<OpenObject> open(StorageKey at, ByteRange range, @Nullable String unlessEtag)
                throws IOException {
            Optional<OpenObject> object = super.open(at, range, unlessEtag);
            return isRefused && at.value().equals(key) ? object.map(DamagedReadBackTest::cut) : object;
        }
    }
}
