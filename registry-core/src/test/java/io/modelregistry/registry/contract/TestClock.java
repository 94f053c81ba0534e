package io.modelregistry.registry.contract;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until it is moved. */
public final class TestClock extends Clock {
    private volatile Instant now = Instant.parse("2026-11-20T12:00:00Z");

    /** A clock that shows noon. */
    public TestClock() {}

    /** Moves the clock, back too. */
    public Instant advance(Duration by) {
        now = now.plus(by);
        return now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("The registry asks for instants only");
    }
}
