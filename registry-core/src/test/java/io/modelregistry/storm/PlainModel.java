package io.modelregistry.storm;

import io.modelregistry.model.ModelVersion;
import io.modelregistry.model.VersionRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is promised of one model, as plainly as can be. */
final class PlainModel {
    final Map<String, Version> aliases = new TreeMap<>();
    final List<Version> versions = new ArrayList<>();
    final Set<ModelVersion> claimed = new HashSet<>();
    final List<String> events = new ArrayList<>();
    String description = "";
    boolean retired;

    /** A version. */
    static final class Version {
        final ModelVersion number;
        final int sequence;
        final String content;
        final List<String> attached = new ArrayList<>();
        String notes = "";
        String stage = "NONE";
        int since;
        int leftProduction;

        Version(ModelVersion number, int sequence, String content) {
            this.number = number;
            this.sequence = sequence;
            this.content = content;
        }

        String brief() {
            return number + "#" + sequence + " " + stage;
        }

        @Override
        public String toString() {
            return brief() + " '" + notes + "' "
                    + attached.stream().map(String::length).toList();
        }
    }

    boolean exists() {
        return !versions.isEmpty();
    }

    int revision() {
        return events.size();
    }

    Version add(ModelVersion number, String content) {
        Version version = new Version(number, versions.size() + 1, content);
        versions.add(version);
        claimed.add(number);
        events.add("VersionPublished");
        return version;
    }

    Optional<Version> named(ModelVersion number) {
        return versions.stream()
                .filter(version -> version.number.equals(number))
                .findFirst();
    }

    /** Moves a version, and what it displaces; the event is counted before. */
    void move(Version version, String to, String event) {
        events.add(event);
        if (to.equals("PRODUCTION")) {
            versions.stream()
                    .filter(other -> other.stage.equals("PRODUCTION"))
                    .forEach(other -> moveAlone(other, "ARCHIVED"));
        }
        moveAlone(version, to);
    }

    private void moveAlone(Version version, String to) {
        if (version.stage.equals("PRODUCTION")) {
            version.leftProduction = revision();
        }
        version.stage = to;
        version.since = revision();
    }

    static boolean mayMove(String from, String to) {
        return switch (from) {
            case "NONE" -> List.of("STAGING", "PRODUCTION", "ARCHIVED").contains(to);
            case "STAGING" -> List.of("PRODUCTION", "NONE", "ARCHIVED").contains(to);
            case "PRODUCTION" -> to.equals("ARCHIVED");
            case "ARCHIVED" -> to.equals("NONE");
            default -> throw new AssertionError("No stage " + from);
        };
    }

    List<Version> rollbackTargets() {
        return versions.stream()
                .filter(version -> version.stage.equals("ARCHIVED") && version.leftProduction > 0)
                .sorted(Comparator.comparingInt((Version version) -> version.leftProduction)
                        .reversed())
                .toList();
    }

    /** Newest first in the order of their numbers. */
    List<Version> sorted() {
        return versions.stream()
                .sorted(Comparator.comparing((Version version) -> version.number)
                        .reversed())
                .toList();
    }

    /** Where a selector leads. */
    Optional<Version> find(String selector) {
        if (selector.isEmpty()) {
            return sorted().stream()
                    .filter(version -> version.number.isStable())
                    .findFirst();
        }
        String rest = selector.substring(1);
        return switch (selector.charAt(0)) {
            case '#' ->
                versions.stream()
                        .filter(version -> version.sequence == Integer.parseInt(rest))
                        .findFirst();
            case '@' -> labelled(rest);
            default -> Character.isDigit(rest.charAt(0)) ? named(ModelVersion.parse(rest)) : inRange(rest);
        };
    }

    private Optional<Version> inRange(String text) {
        VersionRange range = VersionRange.parse(text);
        return sorted().stream()
                .filter(version -> range.contains(version.number))
                .findFirst();
    }

    private Optional<Version> labelled(String label) {
        if (List.of("NONE", "STAGING", "PRODUCTION", "ARCHIVED").contains(label.toUpperCase(java.util.Locale.ROOT))) {
            return versions.stream()
                    .filter(version -> version.stage.equalsIgnoreCase(label))
                    .max(Comparator.comparingInt((Version version) -> version.since)
                            .thenComparingInt(version -> version.sequence));
        }
        return Optional.ofNullable(aliases.get(label));
    }
}
