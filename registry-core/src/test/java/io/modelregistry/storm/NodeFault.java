package io.modelregistry.storm;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How a call of a node goes wrong. */
public enum NodeFault implements Disturbance {
    /** The call fails and has no effect. */
    REFUSED,
    /** A write finds no room. */
    DISK_FULL,
    /** A write fails when half of the content is read. */
    SHORT_WRITE,
    /** A write has its effect, and its reply does not come in time. */
    REPLY_LOST,
    /** A write has no effect, and nobody knows. */
    REQUEST_LOST,
    /** A read gets no reply in time. */
    READ_TIMEOUT,
    /** The connection breaks in the middle of what is read. */
    BODY_RESET,
    /** What is read ends in the middle without an error. */
    BODY_CUT,
    /** The call takes longer than the registry may try. */
    SLOW,
    /** A conditional write has its effect and is answered with a conflict: the store's client sent it twice. */
    OWN_CONFLICT,
    /** A conditional write has no effect and is answered with a conflict without one: a store may say so under load. */
    SPURIOUS_CONFLICT,
    /** As {@link #OWN_CONFLICT}, and the call behind it goes wrong, too. */
    OWN_CONFLICT_THEN_FAULT,
    /** As {@link #SPURIOUS_CONFLICT}, and the call behind it goes wrong, too. */
    SPURIOUS_CONFLICT_THEN_FAULT,
    /** Up to 6 calls go wrong one after the other, each in a way left to chance. */
    BURST,
    /** A write has its effect, its reply is lost, and the store does not answer any more. */
    GONE_AFTER,
    /** A write has no effect, nobody knows, and the store does not answer any more. */
    GONE_BEFORE;

    private static final Set<NodeFault> SIMPLE = EnumSet.range(REFUSED, SPURIOUS_CONFLICT);

    @Override
    public Strike begin(int call, long seed) {
        return new NodeStrike(this, call, seed);
    }

    /** The faults of one call each. */
    static List<NodeFault> simple() {
        return List.copyOf(SIMPLE);
    }
}
