package io.modelregistry.internal.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened in an interleaving: as text if it is wanted, and as a number that is equal for two interleavings which
 * differ only in the order of calls that do not touch the same key (reads of a key are in no order among each other, a
 * listing touches every key).
 */
public final class Trace {
    static final int LATE = -1;

    private final Detail detail;
    private final List<String> lines = new ArrayList<>();
    private final Map<Integer, Long> clients = new HashMap<>();
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, Long> read = new HashMap<>();
    private long allWritten;
    private long allListed;
    private long sum;

    /** What is kept. */
    public enum Detail {
        /** The number alone. */
        NUMBER,
        /** The number and the text. */
        TEXT
    }

    /** An empty trace. */
    public Trace(Detail detail) {
        this.detail = detail;
    }

    /** The text, a line for each call. */
    public String text() {
        return String.join("\n", lines);
    }

    long equivalence() {
        return sum;
    }

    /** Adds a line of text. */
    public void add(int client, String what, String result) {
        if (detail == Detail.TEXT) {
            String who = client == LATE ? "late" : "c" + client;
            lines.add((lines.size() + 1) + ". " + who + " " + what + (result.isEmpty() ? "" : ": " + result));
        }
    }

    /** Adds a fault of a call. */
    void fault(int client, Choice.Kind kind) {
        long before = clients.getOrDefault(client, 0L);
        clients.put(client, mix(before, kind.ordinal()));
    }

    void read(int client, Request.Read read, String result) {
        add(client, "read " + read.key(), result);
        String key = read.key().value();
        long event = event(client, key, written.getOrDefault(key, 0L), 1);
        this.read.merge(key, event, Long::sum);
    }

    void listed(int client, Request.Listing listing, String result) {
        add(client, "list " + listing.prefix(), result);
        allListed += event(client, listing.prefix(), allWritten, 2);
    }

    void changed(int client, Request.Change change) {
        add(client, change.toString(), "done");
        String key = change.key().value();
        long touched = mix(written.getOrDefault(key, 0L), read.getOrDefault(key, 0L)) + allListed;
        long event = event(client, key, touched, change instanceof Request.Write write ? 3 + write.bytes().length : 3);
        written.put(key, event);
        read.remove(key);
        allWritten += event;
    }

    void refused(int client, Request.Change change, String why) {
        add(client, change.toString(), why);
        String key = change.key().value();
        long event = event(client, key, written.getOrDefault(key, 0L), 4);
        read.merge(key, event, Long::sum);
    }

    private long event(int client, String key, long touched, int what) {
        long event = mix(mix(clients.getOrDefault(client, 0L), key.hashCode()), mix(touched, what + 31L * client));
        clients.put(client, event);
        sum += mix(event, 7);
        return event;
    }

    private static long mix(long a, long b) {
        long x = (a + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L ^ (b * 0x94D049BB133111EBL + 0x2545F4914F6CDD1DL);
        x ^= x >>> 31;
        x *= 0xD6E8FEB86659FD93L;
        return x ^ x >>> 29;
    }
}
