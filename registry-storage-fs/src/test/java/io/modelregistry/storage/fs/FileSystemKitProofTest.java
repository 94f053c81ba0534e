package io.modelregistry.storage.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.NodeOpener;
import io.modelregistry.storage.contract.SharedStore;
import io.modelregistry.storage.contract.StorageNodeContract;
import io.modelregistry.storage.contract.StorageNodeProcessContract;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The contract kit goes red over disk operations with planted defects, where the node itself is sound. */
class FileSystemKitProofTest {
    private static Events run(Class<?> contract, String method) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectMethod(contract.getName() + "#" + method))
                .execute()
                .testEvents();
    }

    private static void assertRed(Class<?> contract, String method) {
        Events tests = run(contract, method);
        assertThat(tests.failed().count()).as("red tests").isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exactlyOneOfManyCreatesWins()",
                "exactlyOneOfManyUpdatesOfAGenerationWins()",
                "aCounterLosesNoIncrement()"
            })
    void missingLocksAreNoticed(String method) {
        assertRed(WithoutLocks.class, method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aReaderSeesOneGenerationAsAWhole(int)", "anOpenStreamStaysWithItsGeneration(int)"})
    void overwritingInPlaceIsNoticed(String method) {
        assertRed(InPlace.class, method);
    }

    @Test
    void locksThatOtherProcessesDoNotSeeAreNoticed() {
        assertRed(LocksOfOneProcess.class, "aCounterOfSeveralProcessesLosesNoIncrement()");
    }

    /** Neither threads nor processes are kept apart, and a create looks before it moves. */
    static class WithoutLocks extends StorageNodeContract {
        @TempDir
        private Path root;

        @Override
        protected StorageNode openEmpty() {
            return new ForwardingOperations() {
                @Override
                public <T> T underLock(Path lockFile, Action<T> action) throws IOException {
                    LockSupport.parkNanos(50_000);
                    return action.run();
                }

                @Override
                public void link(Path name, Path existing) throws IOException {
                    if (facts(name).isPresent()) {
                        throw new FileAlreadyExistsException(name.toString());
                    }
                    LockSupport.parkNanos(50_000);
                    replace(existing, name);
                }
            }.nodeAt(root);
        }
    }

    /** New content goes into the file that readers have open. */
    static class InPlace extends StorageNodeContract {
        @TempDir
        private Path root;

        @Override
        protected StorageNode openEmpty() {
            return new ForwardingOperations() {
                @Override
                public void replace(Path from, Path to) throws IOException {
                    Files.write(
                            to,
                            Files.readAllBytes(from),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                }
            }.nodeAt(root);
        }
    }

    /** The lock is one of this process only. */
    static class LocksOfOneProcess extends StorageNodeProcessContract {
        @TempDir
        private Path root;

        @Override
        protected SharedStore emptyStore() {
            return new SharedStore(Opener.class, List.of(root.toString()));
        }

        /** Opens the planted node. */
        public static final class Opener implements NodeOpener {
            @Override
            public StorageNode open(List<String> arguments) {
                return new ForwardingOperations() {
                    @Override
                    public synchronized <T> T underLock(Path lockFile, Action<T> action) throws IOException {
                        return action.run();
                    }
                }.nodeAt(Path.of(arguments.get(0)));
            }
        }
    }
}
