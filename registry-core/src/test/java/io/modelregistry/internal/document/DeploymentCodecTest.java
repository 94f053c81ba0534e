package io.modelregistry.internal.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.deployment.DeploymentAction;
import io.modelregistry.deployment.DeploymentEvent;
import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.deployment.DeploymentState;
import io.modelregistry.deployment.InstanceStatus;
import io.modelregistry.deployment.RolloutStep;
import io.modelregistry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes of deployments and statuses. */
class DeploymentCodecTest {
    private static final int ROUNDS = 2_000;

    private static byte[] encoded(DeploymentStates states, DeploymentState state, DeploymentAction action) {
        byte[] bytes = DeploymentCodec.encodeState(state);
        DeploymentEvent event = new DeploymentEvent(
                DeploymentName.parse("fraud"),
                7,
                "op",
                states.instant(),
                states.principal(),
                states.text(),
                action,
                states.text());
        Optional<Digest> previous = states.any(Optional.of(Digest.sha256(bytes)), Optional.empty());
        byte[] encodedEvent =
                DeploymentEventCodec.encode(new DeploymentEventCodec.Entry(event, previous, Digest.sha256(bytes)));
        return DeploymentCodec.encode(7, encodedEvent, bytes);
    }

    @Test
    void statesComeBackAsTheyWere() throws MalformedDocumentException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            DeploymentStates states = new DeploymentStates(seed);
            DeploymentState state = states.state();
            DeploymentAction action = states.any(DeploymentAction.values());
            byte[] bytes = encoded(states, state, action);

            DeploymentCodec.Head head = DeploymentCodec.decode(bytes);

            assertThat(head.state()).as("seed %s", seed).isEqualTo(state);
            assertThat(head.entry().event().action()).isEqualTo(action);
            assertThat(DeploymentCodec.encodeState(head.state()))
                    .as("seed %s", seed)
                    .isEqualTo(DeploymentCodec.encodeState(state));
            assertThat(DeploymentEventCodec.encode(head.entry()))
                    .as("seed %s", seed)
                    .isEqualTo(head.eventBytes());
            assertThat(DeploymentCodec.encode(7, head.eventBytes(), DeploymentCodec.encodeState(head.state())))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void statusesComeBackAsTheyWere() throws MalformedDocumentException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            InstanceStatus status = new DeploymentStates(seed).status();

            assertThat(InstanceStatusCodec.decode(InstanceStatusCodec.encode(status)))
                    .as("seed %s", seed)
                    .isEqualTo(status);
        }
    }

    /** Guards the generator: an alternative that it never makes would not be tested. */
    @Test
    void everyKindOfStepIsMade() {
        Set<Class<?>> made = new HashSet<>();
        DeploymentStates states = new DeploymentStates(1);
        for (int i = 0; i < 100; i++) {
            made.add(states.step().getClass());
        }
        assertThat(made).containsExactlyInAnyOrder(RolloutStep.class.getPermittedSubclasses());
    }

    @Test
    void aDocumentCanBeReadByAPerson() {
        DeploymentStates states = new DeploymentStates(3);

        assertThat(new String(encoded(states, states.state(), DeploymentAction.STEP_ADVANCED), StandardCharsets.UTF_8))
                .contains("\"action\":\"step-advanced\"", "\"weight\":", "\n\"traffic\":", "\"manifest\":\"sha256:");
    }

    @Test
    void whatThisVersionDoesNotKnowIsRefused() throws MalformedDocumentException {
        DeploymentStates states = new DeploymentStates(5);
        DeploymentState state = states.state();
        String text = new String(DeploymentCodec.encodeState(state), StandardCharsets.UTF_8);
        byte[] changed = text.replace(
                        state.follow() == DeploymentState.Follow.FOLLOW
                                ? "\"follow\":\"follow\""
                                : "\"follow\":\"stay\"",
                        "\"follow\":\"lead\"")
                .getBytes(StandardCharsets.UTF_8);
        DeploymentCodec.Head head = DeploymentCodec.decode(encoded(states, state, DeploymentAction.SCALED));
        byte[] event = DeploymentEventCodec.encode(
                new DeploymentEventCodec.Entry(head.entry().event(), Optional.empty(), Digest.sha256(changed)));

        assertThatThrownBy(() -> DeploymentCodec.decode(DeploymentCodec.encode(7, event, changed)))
                .isInstanceOf(MalformedDocumentException.class)
                .hasMessageContaining("state.follow is not a word that this version");
    }
}
