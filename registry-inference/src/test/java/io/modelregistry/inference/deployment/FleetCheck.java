package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Checks that an instance answered as desired: a revision holds on an instance once it has looked at the store twice
 * since the revision was committed and what it names is loaded there. What holds, and whatever is newer, may answer;
 * nothing older. So two instances on which a revision holds answer a key alike.
 */
final class FleetCheck {
    private final List<Revision> revisions = new ArrayList<>();

    /**
     * A revision.
     *
     * @param asked before it was committed
     * @param done after it was committed
     * @param answers which version answers each key, as a record spells it
     * @param versions all that it names
     */
    private record Revision(long number, long asked, long done, String answers, Set<Character> versions) {}

    private record Span(long begin, long end) {}

    private record Ready(long time, String versions) {}

    /** A revision was committed between two times. */
    void committed(long number, long asked, long done, Traffic traffic) {
        revisions.add(new Revision(number, asked, done, answers(traffic), versions(traffic)));
    }

    private static Set<Character> versions(Traffic traffic) {
        return traffic.variants().stream().map(FleetCheck::major).collect(Collectors.toSet());
    }

    private static char major(Variant variant) {
        return variant.version().version().toString().charAt(0);
    }

    private static String answers(Traffic traffic) {
        StringBuilder answers = new StringBuilder();
        for (int i = 0; i < FleetInstance.KEYS; i++) {
            int bucket = RoutingTable.bucket(traffic.salt(), FleetInstance.key(i));
            Variant chosen = traffic.primary();
            if (traffic.variants().size() > 1
                    && bucket < traffic.variants().get(1).weight()) {
                chosen = traffic.variants().get(1);
            }
            answers.append(major(chosen));
        }
        return answers.toString();
    }

    /** How many keys another version than that of the primary answers at the last revision. */
    long canaryKeys() {
        String answers = revisions.get(revisions.size() - 1).answers;
        return answers.chars().filter(c -> c == '2').count();
    }

    /**
     * Checks the record of one instance that has served since a time.
     *
     * @param sinceRevision what it found when it began
     * @return the revisions that were seen to hold
     */
    Set<Long> check(String instance, long sinceRevision, List<String> record) {
        List<Span> looks = new ArrayList<>();
        List<Ready> loaded = new ArrayList<>();
        for (String line : record) {
            String[] words = line.split(" ");
            if (words[0].equals("look")) {
                looks.add(new Span(Long.parseLong(words[1]), Long.parseLong(words[2])));
            } else if (words[0].equals("ready")) {
                loaded.add(new Ready(Long.parseLong(words[1]), words.length > 2 ? words[2] : ""));
            }
        }
        Set<Long> held = new TreeSet<>();
        for (String line : record) {
            String[] words = line.split(" ");
            if (words[0].equals("pass")) {
                Span pass = new Span(Long.parseLong(words[1]), Long.parseLong(words[2]));
                held.add(checkPass(instance, pass, words[3], holding(sinceRevision, pass.begin, looks, loaded)));
            }
        }
        return held;
    }

    /** The index of the newest revision that holds at a time. */
    private int holding(long since, long time, List<Span> looks, List<Ready> loaded) {
        int newest = 0;
        for (int i = 0; i < revisions.size(); i++) {
            Revision revision = revisions.get(i);
            long from = Math.max(revision.done, readyFor(revision, loaded));
            boolean holds = revision.number <= since
                    || looks.stream()
                                    .filter(look -> look.begin >= from && look.end <= time)
                                    .count()
                            >= 2;
            if (holds) {
                newest = i;
            }
        }
        return newest;
    }

    /** When all that a revision names was seen to be loaded, after it was asked for. */
    private static long readyFor(Revision revision, List<Ready> loaded) {
        long from = Long.MAX_VALUE;
        for (Ready ready : loaded) {
            boolean hasAll = revision.versions.stream().allMatch(version -> ready.versions.indexOf(version) >= 0);
            if (ready.time <= revision.asked) {
                from = hasAll ? revision.asked : Long.MAX_VALUE;
            } else if (hasAll && from == Long.MAX_VALUE) {
                from = ready.time;
            }
        }
        return from;
    }

    private long checkPass(String instance, Span pass, String answers, int holding) {
        List<Revision> allowed = revisions.subList(holding, revisions.size()).stream()
                .filter(revision -> revision.asked <= pass.end || revision == revisions.get(holding))
                .toList();
        for (int i = 0; i < answers.length(); i++) {
            int key = i;
            Set<Character> versions = allowed.stream()
                    .map(revision -> revision.answers.charAt(key))
                    .collect(Collectors.toSet());
            char answer = answers.charAt(i) == 'x' ? '3' : answers.charAt(i);
            if (!versions.contains(answer)) {
                assertThat(answer)
                        .as(
                                "who answers %s on %s at %s, where revision %s holds; %s",
                                FleetInstance.key(i), instance, pass, revisions.get(holding).number, revisions)
                        .isIn(versions);
            }
        }
        return revisions.get(holding).number;
    }
}
