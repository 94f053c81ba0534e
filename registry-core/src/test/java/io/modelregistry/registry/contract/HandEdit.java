package io.modelregistry.registry.contract;

import io.modelregistry.model.Digest;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Edits documents as somebody would who knows how they are sealed. */
final class HandEdit {
    private static final String EVENT = "\"event\":";
    private static final String STATE = ",\n\"state\":";
    private static final String CHECKSUM = ",\"checksum\":\"";

    private HandEdit() {}

    /** An object without its last brace, closed with its checksum. */
    static String sealed(String open) {
        return open + CHECKSUM
                + Digest.sha256(open.getBytes(StandardCharsets.UTF_8)).hex() + "\"}";
    }

    /** A document without its checksum and last brace. */
    static String open(String document) {
        return document.substring(0, document.lastIndexOf(CHECKSUM));
    }

    /** A head with another state, whose event and checksum fit it. */
    static String ofState(String head, UnaryOperator<String> change) {
        int event = head.indexOf(EVENT) + EVENT.length();
        int state = head.indexOf(STATE);
        String changed = change.apply(open(head).substring(state + STATE.length()));
        String openEvent = open(head.substring(event, state));
        String led = openEvent.substring(0, openEvent.lastIndexOf(",\"state\":")) + ",\"state\":\""
                + Digest.sha256(changed.getBytes(StandardCharsets.UTF_8)) + "\"";
        return sealed(head.substring(0, event) + sealed(led) + STATE + changed);
    }
}
