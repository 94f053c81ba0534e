package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.StorageNodeContract;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The contract kit goes red over servers that do not keep what the node needs of them. */
class S3KitProofTest {
    private static final Logger LOG = LoggerFactory.getLogger(S3KitProofTest.class);

    /** Whether threads meet in the gap between a server's check and its write is a matter of luck. */
    private static final int ATTEMPTS = 20;

    private static final String[] RACES = {
        "aCounterLosesNoIncrement()", "exactlyOneOfManyCreatesWins()", "exactlyOneOfManyUpdatesOfAGenerationWins()"
    };

    private static boolean isRed(Class<?> contract, String method) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectMethod(contract.getName() + "#" + method))
                .execute()
                .testEvents();
        assertThat(tests.started().count()).as("tests that ran").isPositive();
        tests.failed().stream()
                .forEach(event -> LOG.info(
                        "{} of {} is red: {}",
                        method,
                        contract.getSimpleName(),
                        event.getRequiredPayload(TestExecutionResult.class).getThrowable()));
        return tests.failed().count() > 0;
    }

    private static boolean isRedSoonerOrLater(Class<?> contract) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (isRed(contract, RACES[attempt % RACES.length])) {
                return true;
            }
        }
        return false;
    }

    /** Else the others might be red for any reason. */
    @Test
    void behindTheFrontTheSameTestsAreGreen() {
        for (String method : RACES) {
            assertThat(isRed(Fronted.class, method)).as(method).isFalse();
        }
    }

    @Test
    void s3mockAsItIsHasMoreThanOneWinner() {
        assertThat(isRedSoonerOrLater(RawS3Mock.class)).isTrue();
    }

    @Test
    void s3proxyAsItIsLosesUpdates() {
        assertThat(isRedSoonerOrLater(RawS3Proxy.class)).isTrue();
    }

    @Test
    void aServerThatIgnoresConditionsIsRefused() {
        assertThat(isRed(IgnoringConditions.class, "createRefusesToOverwrite()"))
                .isTrue();
        assertThat(isRed(IgnoringConditions.class, "updateRefusesAStaleEtag()")).isTrue();
        assertThat(isRed(IgnoringConditions.class, "aDeletedKeyCanBeWrittenAgain()"))
                .as("every write is refused")
                .isTrue();
    }

    /** Requests are put in order. */
    static class Fronted extends StorageNodeContract {
        private static S3Front front;

        @BeforeAll
        static void start() throws IOException {
            front = S3Servers.frontOfS3mock();
        }

        @AfterAll
        static void stop() throws IOException {
            front.close();
        }

        @Override
        protected StorageNode openEmpty() {
            return S3Servers.node(front.endpoint()).build();
        }
    }

    /** Requests meet in s3mock. */
    static class RawS3Mock extends StorageNodeContract {
        @Override
        protected StorageNode openEmpty() {
            return S3Servers.node(S3Servers.s3mock()).build();
        }
    }

    /** Requests meet in s3proxy. */
    static class RawS3Proxy extends StorageNodeContract {
        @Override
        protected StorageNode openEmpty() {
            return S3Servers.node(S3Servers.s3proxy()).build();
        }
    }

    /** A server as some are: it takes every conditional write. */
    static class IgnoringConditions extends StorageNodeContract {
        private static S3Front front;

        @BeforeAll
        static void start() throws IOException {
            front = S3Servers.frontOfS3mock();
            front.ignoreConditions();
        }

        @AfterAll
        static void stop() throws IOException {
            front.close();
        }

        @Override
        protected StorageNode openEmpty() {
            return S3Servers.node(front.endpoint()).build();
        }
    }
}
