package io.modelregistry.internal.cache;

import io.modelregistry.registry.contract.RegistryContract;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

/** The registry over a node with a cache, which all registries of a test share. */
@ExtendWith(CachingRegistryTest.LeftOut.class)
class CachingRegistryTest extends RegistryContract {
    /** What a cache is there to make different. */
    static final class LeftOut implements ExecutionCondition {
        private static final Map<String, String> REASONS = Map.of(
                "aForeignFileInTheStoredFolderIsNotHandedOut", "folders go with the node, not with a registry",
                "aTemporaryCopyThatSomebodyCleanedUpOrChangedIsMadeAgain", "folders go with the node, too",
                "aDocumentThatIsFlippedCutEmptyOrForeignIsRefusedByName", "what was read sound is not read again",
                "aDocumentThatIsMissingIsNamed", "what was read sound is not read again");

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String reason =
                    REASONS.get(context.getTestMethod().map(Method::getName).orElse(""));
            return reason == null
                    ? ConditionEvaluationResult.enabled("also with a cache")
                    : ConditionEvaluationResult.disabled(reason);
        }
    }

    @TempDir
    Path folder;

    @Override
    protected StorageNode openEmpty() {
        return CachingNode.owning(new InMemoryStorageNode(), Caches.settings(folder.resolve("cache")));
    }
}
