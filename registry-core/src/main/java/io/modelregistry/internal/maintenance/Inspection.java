package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.Formats;
import io.modelregistry.internal.document.MalformedDocumentException;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.maintenance.Finding.Severity;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.model.Digest;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageClosedException;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads objects for a check, and takes down what is the matter with them instead of throwing it. Not thread-safe.
 *
 * <p>Throws only what makes going on useless: that the node is closed.
 */
final class Inspection {
    private static final int BUFFER = 256 << 10;

    private final StorageNode node;
    private final MaintenanceProgress progress;
    private final int mostFindings;
    private final byte[] buffer = new byte[BUFFER];
    private final List<Finding> findings = new ArrayList<>();
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private long objects;
    private long bytes;

    Inspection(StorageNode node, MaintenanceProgress progress, int mostFindings) {
        this.node = node;
        this.progress = progress;
        this.mostFindings = mostFindings;
    }

    StorageNode node() {
        return node;
    }

    long objects() {
        return objects;
    }

    long bytes() {
        return bytes;
    }

    /** The first findings. */
    List<Finding> findings() {
        return findings;
    }

    /** How many of each kind there are. */
    Map<Kind, Long> counts() {
        return counts;
    }

    /** Where the findings so far end. */
    Mark mark() {
        return new Mark(findings.size(), new EnumMap<>(counts));
    }

    record Mark(int findings, EnumMap<Kind, Long> counts) {}

    boolean hasDamageSince(Mark mark) {
        return counts.entrySet().stream()
                .filter(count -> count.getKey().severity() == Severity.DAMAGE)
                .anyMatch(count -> !count.getValue().equals(mark.counts.get(count.getKey())));
    }

    /** Forgets what was found since: it was looked at while it changed. */
    void forgetSince(Mark mark) {
        findings.subList(mark.findings, findings.size()).clear();
        counts.clear();
        counts.putAll(mark.counts);
    }

    void report(StorageKey key, Kind kind, String detail) {
        counts.merge(kind, 1L, Long::sum);
        if (findings.size() < mostFindings) {
            findings.add(new Finding(key.value(), kind, detail));
        }
    }

    /** How reading an object ended. */
    enum Outcome {
        /** It was read. */
        PRESENT,
        /** There is none. */
        ABSENT,
        /** It is there and cannot be read, which was reported. */
        UNREADABLE
    }

    /**
     * An object that was looked at.
     *
     * @param bytes empty unless it is present
     * @param etag empty unless it is present
     */
    record Look(Outcome outcome, byte[] bytes, String etag) {
        private static Look none(Outcome outcome) {
            return new Look(outcome, new byte[0], "");
        }
    }

    /** A document that need not be there. */
    Look look(StorageKey key) throws IOException {
        try (OpenObject object = node.open(key)) {
            byte[] document = object.stream().readAllBytes();
            count(key, document.length);
            return new Look(Outcome.PRESENT, document, object.object().etag());
        } catch (NoSuchKeyException e) {
            return Look.none(Outcome.ABSENT);
        } catch (StorageClosedException e) {
            throw e;
        } catch (IOException e) {
            report(key, Kind.UNREADABLE, "the store cannot read it: " + e.getMessage());
            return Look.none(Outcome.UNREADABLE);
        }
    }

    /** A document that has to be there; what is the matter with it was reported if it is empty. */
    Optional<byte[]> read(StorageKey key, String whoNamesIt) throws IOException {
        Look look = look(key);
        if (look.outcome == Outcome.ABSENT) {
            report(key, Kind.MISSING, "it is missing, and " + whoNamesIt);
        }
        return look.outcome == Outcome.PRESENT ? Optional.of(look.bytes) : Optional.empty();
    }

    /** What a document says; what is the matter with it was reported if it is empty. */
    <T> Optional<T> decode(StorageKey key, byte[] document, StoreErrors.Decoder<T> decoder) {
        try {
            return Optional.of(decoder.decode(document));
        } catch (MalformedDocumentException e) {
            report(key, Kind.DAMAGED, String.valueOf(e.getMessage()));
        } catch (Formats.NewerFormatException e) {
            report(key, Kind.NEWER_FORMAT, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    /** Reads a file that has to be there, in pieces, and compares it with what was sealed. */
    void file(StorageKey key, long size, Digest digest) throws IOException {
        Digest.Hasher hasher = Digest.hasher();
        try (OpenObject object = node.open(key)) {
            InputStream in = object.stream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        } catch (NoSuchKeyException e) {
            report(key, Kind.MISSING, "it is missing, and was sealed with " + size + " bytes");
            return;
        } catch (StorageClosedException e) {
            throw e;
        } catch (IOException e) {
            report(key, Kind.UNREADABLE, "the store cannot read it: " + e.getMessage());
            return;
        }
        count(key, hasher.size());
        if (hasher.size() != size) {
            report(key, Kind.DAMAGED, "it has " + hasher.size() + " bytes, and was sealed with " + size);
            return;
        }
        Digest found = hasher.finish();
        if (!found.equals(digest)) {
            report(key, Kind.DAMAGED, "its digest is " + found + ", and it was sealed with " + digest);
        }
    }

    private void count(StorageKey key, long size) {
        objects++;
        bytes += size;
        progress.onObject(key.value(), objects, bytes);
    }
}
