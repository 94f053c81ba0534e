package io.modelregistry.storage.contract;

import static io.modelregistry.storage.contract.ContractSubject.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Writes with a condition, one at a time. */
public interface ConditionContract extends ContractSubject {
    @Test
    default void createRefusesToOverwrite() throws IOException {
        create("a/b", "first");
        String etag = node().find(key("a/b")).orElseThrow().etag();
        assertRefused(() -> create("a/b", "second"), WriteConflictException.class, "a/b");
        assertRefused(() -> create("a/b", "first"), WriteConflictException.class, "a/b");
        assertThat(read("a/b")).isEqualTo("first");
        assertThat(node().find(key("a/b")).orElseThrow().etag()).isEqualTo(etag);
        assertThat(keysBelow("")).containsExactly("a/b");
    }

    @Test
    default void createRefusesToOverwriteWhatWasPutOrCopied() throws IOException {
        put("put", "x");
        node().copy(key("put"), key("copied"));
        node().write(key("large"), new PatternContent(1, LARGE), WriteCondition.unconditional());
        for (String key : new String[] {"put", "copied", "large"}) {
            assertRefused(() -> create(key, "second"), WriteConflictException.class, key);
        }
    }

    @Test
    default void updateReplacesTheGenerationItKnows() throws IOException {
        String etag = create("k", "0").etag();
        for (int i = 1; i <= 20; i++) {
            etag = update("k", Integer.toString(i), etag).etag();
            assertThat(node().find(key("k")).orElseThrow().etag()).isEqualTo(etag);
        }
        assertThat(read("k")).isEqualTo("20");
    }

    @Test
    default void updateRefusesAStaleEtag() throws IOException {
        String stale = create("k", "first").etag();
        put("k", "second");
        assertRefused(() -> update("k", "third", stale), WriteConflictException.class, "k");
        assertRefused(() -> update("k", "third", "no such etag"), WriteConflictException.class, "k");
        assertThat(read("k")).isEqualTo("second");
    }

    @Test
    default void updateOfWhatIsMissingIsRefused() throws IOException {
        String etag = create("a/b", "x").etag();
        assertRefused(() -> update("a/c", "y", etag), WriteConflictException.class, "a/c");
        node().delete(key("a/b"));
        assertRefused(() -> update("a/b", "y", etag), WriteConflictException.class, "a/b");
        assertThat(keysBelow("")).isEmpty();
    }

    @Test
    default void updateRefusesAfterTheObjectWasMadeAnewWithOtherContent() throws IOException {
        String first = create("k", "first").etag();
        node().delete(key("k"));
        create("k", "other");
        assertRefused(() -> update("k", "third", first), WriteConflictException.class, "k");
        assertThat(read("k")).isEqualTo("other");
    }

    @Test
    default void updateReplacesALargeObject() throws IOException {
        String etag = node().write(key("k"), new PatternContent(1, LARGE), WriteCondition.unconditional())
                .etag();
        node().write(key("k"), new PatternContent(2, LARGE), WriteCondition.unconditional());
        assertRefused(() -> update("k", "small", etag), WriteConflictException.class, "k");
        update("k", "small", node().find(key("k")).orElseThrow().etag());
        assertThat(read("k")).isEqualTo("small");
    }

    @Test
    default void conditionsHoldUpToTheSizeThatTheNodeNames() throws IOException {
        long most = node().maxConditionalSize();
        assertThat(most).isGreaterThanOrEqualTo(8 << 20);
        assumeThat(most).as("small enough for a test").isLessThan(64 << 20);
        String etag = node().write(key("k"), new PatternContent(1, most), WriteCondition.ifAbsent())
                .etag();
        String other = node().write(key("k"), new PatternContent(2, most), WriteCondition.ifMatches(etag))
                .etag();
        PatternContent larger = new PatternContent(3, most + 1);
        assertRefused(
                () -> node().write(key("k"), larger, WriteCondition.ifMatches(other)),
                IllegalArgumentException.class,
                "k");
        assertRefused(
                () -> node().write(key("n"), larger, WriteCondition.ifAbsent()), IllegalArgumentException.class, "n");
        assertThat(node().find(key("k")).orElseThrow().etag()).isEqualTo(other);
        assertThat(keysBelow("")).containsExactly("k");
    }
}
