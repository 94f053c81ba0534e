package io.modelregistry.storm;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.maintenance.Finding;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.registry.contract.Snapshot;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storm.FlipSubject.Kind;
import io.modelregistry.storm.FlipSubject.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Flips single bits of stored objects, and reads through the registry what may depend on them.
 *
 * <p>Every answer is the one that was given before the flip, or a refusal that names the damaged object. A flip that no
 * answer shows is found by the check of the store, unless nothing depends on the object: then nobody is told, and
 * nothing is served of it either.
 */
final class BitFlipRun {
    private static final int USED = 8;

    /** Kinds that only registrations use. */
    static final Set<Kind> UNREAD = EnumSet.of(Kind.UNPUBLISHED_VERSION, Kind.CONTENT_NOTE);

    /** Kinds whose damage nobody needs to hear of, as nothing that was published depends on them. */
    static final Set<Kind> UNNEEDED = EnumSet.of(Kind.UNPUBLISHED_FILE);

    private final StormStores stores;
    private final FlipReader reader;
    private final long seed;
    private final Random uses;
    private final SortedMap<String, Integer> outcomes = new TreeMap<>();

    BitFlipRun(StormStores stores, FlipReader reader) {
        this.stores = stores;
        this.reader = reader;
        this.seed = StormSettings.seed();
        this.uses = new Random(seed);
    }

    /** How many flips of which kind were noticed where. */
    SortedMap<String, Integer> outcomes() {
        return outcomes;
    }

    /** Flips bits, one at a time. */
    void blow(int flips) throws IOException {
        Random random = new Random(seed);
        try (StormStore store = stores.create();
                StorageNode node = store.open()) {
            FlipSubject.fill(node);
            Map<Kind, List<Target>> targets = FlipSubject.targets(node);
            Snapshot sound = Snapshot.of(node);
            Map<Target, SortedMap<String, String>> answers = new HashMap<>();
            List<Kind> kinds = new ArrayList<>(targets.keySet());
            for (int flip = 0; flip < flips; flip++) {
                Kind kind = kinds.get(random.nextInt(kinds.size()));
                List<Target> ofKind = targets.get(kind);
                Target target = ofKind.get(random.nextInt(ofKind.size()));
                byte[] bytes = sound.objects().get(target.key()).getBytes(StandardCharsets.ISO_8859_1);
                int bit = random.nextInt(bytes.length * Byte.SIZE);
                if (!answers.containsKey(target)) {
                    answers.put(target, reader.read(node, target));
                }
                String where = "bit flip storm on %s, seed %s, flip %s: bit %s of %s"
                        .formatted(stores.name(), seed, flip, bit, target.key());
                flip(where, store, target, new Flip(bytes, bit), answers.get(target));
            }
        }
    }

    private record Flip(byte[] sound, int bit) {
        byte[] flipped() {
            byte[] bytes = sound.clone();
            bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            return bytes;
        }
    }

    private void flip(String where, StormStore store, Target target, Flip flip, Map<String, String> expected)
            throws IOException {
        StorageKey key = StorageKey.of(target.key());
        store.tamper(key, flip.flipped());
        try (StorageNode node = store.open()) {
            boolean refused = compare(where, target, expected, reader.read(node, target));
            count(target, refused ? "refused" : check(where, node, target));
        } catch (IOException | RuntimeException e) {
            throw new StormFailure(where, e);
        } finally {
            store.tamper(key, flip.sound());
        }
    }

    private void count(Target target, String outcome) {
        outcomes.merge(target.kind() + " " + outcome, 1, Integer::sum);
    }

    /** Whether anything was refused; that something else was answered is a failure. */
    private static boolean compare(
            String where, Target target, Map<String, String> expected, Map<String, String> found) {
        boolean refused = false;
        for (Map.Entry<String, String> answer : found.entrySet()) {
            if (answer.getValue().equals(expected.get(answer.getKey()))) {
                continue;
            }
            if (!answer.getValue().equals(FlipReader.REFUSED + target.key())) {
                throw new StormFailure(
                        where,
                        "'%s' is answered with '%s', expected '%s' or a refusal that names the object"
                                .formatted(answer.getKey(), answer.getValue(), expected.get(answer.getKey())));
            }
            refused = true;
        }
        return refused;
    }

    private String check(String where, StorageNode node, Target target) throws IOException {
        if (!UNREAD.contains(target.kind()) && !UNNEEDED.contains(target.kind())) {
            throw new StormFailure(where, "nothing refuses it, expected a refusal that names it");
        }
        RegistryMaintenance maintenance = RegistryMaintenance.over(node);
        VerificationReport report = target.model().map(maintenance::verify).orElseGet(maintenance::verify);
        boolean found = report.findings().stream()
                .anyMatch(
                        finding -> finding.key().equals(target.key()) && finding.severity() == Finding.Severity.DAMAGE);
        if (!found && !UNNEEDED.contains(target.kind())) {
            throw new StormFailure(where, "the check finds only " + report.findings() + ", expected damage");
        }
        if (UNREAD.contains(target.kind()) && uses.nextInt(USED) == 0) {
            FlipUse.check(where, node, target);
        }
        return found ? "found by the check" : "unneeded";
    }
}
