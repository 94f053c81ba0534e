package io.modelregistry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import io.modelregistry.storage.contract.ContractSubject;
import io.modelregistry.storage.contract.DisturbedContent;
import io.modelregistry.storage.contract.StorageNodeContract;
import io.modelregistry.storage.s3.server.S3Front;
import io.modelregistry.storage.s3.server.S3Servers;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract against real servers whose requests are put in order. */
class FrontedContractTest {
    @Nested
    class S3Proxy extends StorageNodeContract {
        private static S3Front front;

        @BeforeAll
        static void start() throws IOException {
            front = S3Servers.frontOfS3proxy();
        }

        @AfterAll
        static void stop() throws IOException {
            front.close();
        }

        @Override
        protected StorageNode openEmpty() {
            return S3Servers.node(front.endpoint()).build();
        }

        @Override
        public int manyObjects() {
            return 150;
        }

        /** A file of its own is a folder, so it answers 500 for ever. */
        @Test
        @Override
        public void anObjectAndAFolderOfOneNameAreKeptApartOrRefused() throws IOException {
            put("a/b/c", "inner");
            ContractSubject.assertRefused(() -> put("a/b", "x"), WriteOutcomeUnknownException.class, "a/b");
            assertThat(read("a/b/c")).isEqualTo("inner");
            assertThat(keysBelow("a")).containsExactly("a/b/c");
        }
    }

    @Nested
    class S3Mock extends StorageNodeContract {
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

        @Override
        public int manyObjects() {
            return 150;
        }

        /** It forgets an object when an upload that was to replace it is aborted, so only small ones are tried. */
        @ParameterizedTest
        @ValueSource(ints = {1, 100_000})
        @Override
        public void contentOfAnotherSizeThanDeclaredIsRefusedAndLeavesNothing(int size) throws IOException {
            super.contentOfAnotherSizeThanDeclaredIsRefusedAndLeavesNothing(size);
        }

        /** See above: here of large contents that are new. */
        @Test
        @Override
        public void aWriteThatBreaksOffLeavesNothing() throws IOException {
            DisturbedContent broken = new DisturbedContent(LARGE, LARGE).disturbedBy(() -> {
                throw new IOException("the source is gone");
            });
            assertThatThrownBy(() -> node().write(key("a/new"), broken, WriteCondition.unconditional()))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("the source is gone");
            assertThat(keysBelow("")).isEmpty();
        }
    }
}
