package io.modelregistry.maintenance;

import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.maintenance.Finding.Severity;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a check of a store found.
 *
 * @param objects how many objects were read
 * @param bytes how many bytes they have together
 * @param findings what was found, in the order it was met; the first {@value #MOST_FINDINGS} of it
 * @param counts how much was found of each kind, all of it
 */
public record VerificationReport(long objects, long bytes, List<Finding> findings, Map<Kind, Long> counts) {
    /** How many findings a report lists, so that a store that is damaged everywhere can be checked, too. */
    public static final int MOST_FINDINGS = 10_000;

    /** Copies the collections. */
    public VerificationReport {
        findings = List.copyOf(findings);
        Map<Kind, Long> copy = new EnumMap<>(Kind.class);
        copy.putAll(counts);
        counts = Collections.unmodifiableMap(copy);
    }

    /** Whether everything that was published is there, as it was written. */
    public boolean isSound() {
        return counts.keySet().stream().noneMatch(kind -> kind.severity() == Severity.DAMAGE);
    }

    /** The findings of a severity. */
    public List<Finding> findings(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .toList();
    }

    @Override
    public String toString() {
        return "%s objects, %s bytes: %s".formatted(objects, bytes, counts.isEmpty() ? "nothing found" : counts);
    }
}
