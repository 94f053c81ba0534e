package io.modelregistry.storm;

/**
 * A call with its answer, and when it ran.
 *
 * @param subject the object that it was made on; calls on different objects do not concern each other
 * @param act what was asked and answered
 * @param invoked the moment before it
 * @param returned the moment after it; {@link #NEVER} if the answer is not known, since it may take effect at any time
 */
record RecordedCall<A>(String subject, A act, long invoked, long returned) {
    static final long NEVER = Long.MAX_VALUE;

    boolean isAnswered() {
        return returned != NEVER;
    }

    @Override
    public String toString() {
        return invoked + ".." + (isAnswered() ? String.valueOf(returned) : "?") + " " + act;
    }
}
