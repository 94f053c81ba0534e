package io.modelregistry.registry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.UnsupportedFormatException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done about documents that were changed behind the registry's back: they are named, and left alone. */
abstract class DeploymentDamageContract extends DeploymentSubject {
    private static final StorageKey FIRST_EVENT = StorageKey.of("deployments/fraud/_history/0000000001.json");
    private static final StorageKey SECOND_EVENT = StorageKey.of("deployments/fraud/_history/0000000002.json");

    @BeforeEach
    final void change() {
        deploy(store, "1.0.0");
        label(store, "a", "1");
        label(store, "a", "2");
    }

    private void assertUntrusted(StorageKey key, String why) {
        assertRefused(
                () -> fresh().deployments().find(FRAUD),
                CorruptionException.class,
                ErrorCode.UNTRUSTED,
                why,
                key.value());
        assertRefused(() -> store.find(FRAUD), CorruptionException.class, ErrorCode.UNTRUSTED, why, key.value());
        assertRefused(() -> deploy(store, "2.0.0"), CorruptionException.class, ErrorCode.UNTRUSTED, why, key.value());
        assertRefused(() -> history(store), CorruptionException.class, ErrorCode.UNTRUSTED, why, key.value());
    }

    @Test
    void nonsenseIsNamedAndNotOverwritten() throws IOException {
        String sound = text(HEAD);
        for (String nonsense : new String[] {"", "weights: 50/50", "{}", "[]", sound.substring(0, 200), sound + " "}) {
            tamper(HEAD, nonsense);
            assertUntrusted(HEAD, "checksum");
        }
        tamper(HEAD, HandEdit.sealed("{\"format\":1"));
        assertUntrusted(HEAD, "expected the bytes as they were written");
        tamper(HEAD, HandEdit.sealed("[1"));
        assertUntrusted(HEAD, "JSON");

        tamper(HEAD, sound);
        assertThat(label(store, "a", "3").revision()).isEqualTo(4);
    }

    @Test
    void jsonWithoutItsChecksumIsNamed() throws IOException {
        tamper(HEAD, text(HEAD).replace("\"a\":\"2\"", "\"a\":\"9\""));
        assertUntrusted(HEAD, "checksum");
    }

    @Test
    void aStateThatItsEventDidNotLeadToIsNamed() throws IOException {
        tamper(HEAD, HandEdit.sealed(HandEdit.open(text(HEAD)).replace("\"a\":\"2\"", "\"a\":\"9\"")));
        assertUntrusted(HEAD, "its event does not lead to its state");
    }

    @Test
    void aStateThatCannotBeIsNamed() throws IOException {
        String sound = text(HEAD);
        Map<String, String> edits = Map.of(
                "they sum up to 90000", "\"weight\":100000 -> \"weight\":90000",
                "not a share", "\"weight\":100000 -> \"weight\":-1",
                "whole number", "\"weight\":100000 -> \"weight\":0.5",
                "that size", "\"weight\":100000 -> \"weight\":99999999999",
                "no field 'salt'", "\"salt\" -> \"pepper\"",
                "state.status is not a word", "\"active\" -> \"resting\"",
                "reference is malformed", "fraud@production -> fraud@",
                "manifest is malformed", "sha256: -> md5:");
        for (Map.Entry<String, String> edit : edits.entrySet()) {
            String[] change = edit.getValue().split(" -> ");
            String edited = HandEdit.ofState(sound, state -> {
                assertThat(state).contains(change[0]);
                return state.replace(change[0], change[1]);
            });
            tamper(HEAD, edited);
            assertUntrusted(HEAD, edit.getKey());
        }
    }

    @Test
    void theHeadOfAnotherDeploymentIsNamed() throws IOException {
        DeploymentName other = DeploymentName.parse("other");
        StorageKey key = StorageKey.of("deployments/other/config.json");
        tamper(key, text(HEAD));

        assertRefused(() -> store.find(other), CorruptionException.class, ErrorCode.UNTRUSTED, key.value(), "'fraud'");
    }

    @Test
    void aLostHeadIsNotTakenForADeploymentThatNeverWas() throws IOException {
        node.delete(HEAD);

        assertUntrusted(HEAD, "it is missing");
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        tamper(HEAD, HandEdit.sealed(HandEdit.open(text(HEAD)).replaceFirst("\"format\":1", "\"format\":2")));

        assertRefused(
                () -> store.find(FRAUD),
                UnsupportedFormatException.class,
                ErrorCode.UNSUPPORTED,
                HEAD.value(),
                "format 2");
        assertRefused(
                () -> deploy(store, "2.0.0"), UnsupportedFormatException.class, ErrorCode.UNSUPPORTED, HEAD.value());
    }

    @Test
    void aHistoryThatIsNoChainIsNamed() throws IOException {
        String first = text(FIRST_EVENT);
        node.delete(FIRST_EVENT);
        assertHistoryRefused(FIRST_EVENT, "it is missing");
        tamper(FIRST_EVENT, text(SECOND_EVENT));
        assertHistoryRefused(FIRST_EVENT, "it is the event of revision 2");
        tamper(FIRST_EVENT, HandEdit.sealed(HandEdit.open(first).replace("fraud:1.0.0", "fraud:9.0.0")));
        assertHistoryRefused(SECOND_EVENT, "does not follow");
        tamper(FIRST_EVENT, first);
        assertThat(history(store)).hasSize(3);
    }

    private void assertHistoryRefused(StorageKey key, String why) {
        assertRefused(() -> history(store), CorruptionException.class, ErrorCode.UNTRUSTED, key.value(), why);
    }

    @Test
    void anEventInTheWayOfTheNextOneStopsTheChange() throws IOException {
        StorageKey third = StorageKey.of("deployments/fraud/_history/0000000003.json");
        tamper(third, text(SECOND_EVENT));

        RegistryException refused = assertRefused(
                () -> label(store, "a", "3"), CorruptionException.class, ErrorCode.UNTRUSTED, third.value());
        assertThat(refused).hasMessageContaining("not the event that the head carries");
    }

    @Test
    void fieldsOfANewerMinorFormatSurvive() throws IOException {
        String novel = "\"novel\":{\"a\":[1,2.50,null,\"\u00e4\"]}";
        tamper(HEAD, HandEdit.ofState(text(HEAD), state -> {
            assertThat(state).endsWith("}");
            return state.substring(0, state.length() - 1) + "," + novel + ",\"zero\":0}";
        }));

        assertThat(store.find(FRAUD).orElseThrow().state().unknown())
                .containsEntry("zero", "0")
                .containsKey("novel");
        label(store, "a", "3");

        assertThat(text(HEAD)).contains(novel).contains("\"zero\":0").contains("\"a\":\"3\"");
        assertThat(history(fresh().deployments())).hasSize(4);
        assertThat(Digest.sha256(node.readAll(FIRST_EVENT))).isNotNull();
    }
}
