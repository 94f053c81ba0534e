package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.runtime.RequestContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides which version a request goes to; immutable, replaced as a whole.
 *
 * <p>The bucket of a key is a 64-bit mix of the salt and {@link String#hashCode}, which the Java language defines, so
 * every JVM finds the same. The mix is the finaliser of MurmurHash3.
 *
 * <p>After a call of a large model nothing of this is in the caches, so it is made of few objects.
 */
final class RoutingTable {
    private final @Nullable Target primary;
    private final @Nullable Side others;
    private final @Nullable Rule rules;
    private final long salt;
    private final boolean byKey;
    private final boolean isSingle;
    private final boolean isClosed;
    private final CompletableFuture<Void> replaced = new CompletableFuture<>();

    /** A variant beside the primary, which takes the buckets below an end that those before it leave. */
    private record Side(int end, Target target, @Nullable Side next) {}

    /** A rule with its way. */
    private record Rule(
            String attribute,
            String value,
            Target target,
            @Nullable Rule next) {}

    private RoutingTable(boolean isClosed) {
        this.primary = null;
        this.others = null;
        this.rules = null;
        this.salt = 0;
        this.byKey = true;
        this.isSingle = true;
        this.isClosed = isClosed;
    }

    /**
     * The table of a split.
     *
     * @param versions what serves each variant
     * @param localShares the weights on this instance where replicas are split; empty where keys are
     */
    RoutingTable(Traffic traffic, Function<Variant, Target> versions, Optional<int[]> localShares) {
        List<Variant> variants = traffic.variants();
        List<Target> targets = variants.stream().map(versions).toList();
        int end = 0;
        for (int i = 1; i < variants.size(); i++) {
            end += share(traffic, localShares, i);
        }
        Side sides = null;
        for (int i = variants.size() - 1; i > 0; i--) {
            sides = new Side(end, targets.get(i), sides);
            end -= share(traffic, localShares, i);
        }
        Rule ways = null;
        for (int i = traffic.rules().size() - 1; i >= 0; i--) {
            Traffic.Rule rule = traffic.rules().get(i);
            for (Target target : targets) {
                if (target.variant().equals(rule.variant())) {
                    ways = new Rule(rule.attribute(), rule.value(), target, ways);
                }
            }
        }
        this.primary = targets.get(0);
        this.others = sides;
        this.rules = ways;
        this.salt = mix(traffic.salt().hashCode());
        this.byKey = localShares.isEmpty();
        this.isSingle = sides == null && ways == null;
        this.isClosed = false;
    }

    private static int share(Traffic traffic, Optional<int[]> localShares, int variant) {
        return localShares.isPresent()
                ? localShares.get()[variant]
                : traffic.variants().get(variant).weight();
    }

    /** A table that sends requests nowhere, because the deployment has ended. */
    static RoutingTable closed() {
        return new RoutingTable(true);
    }

    /** A table that lets requests wait for the next one. */
    static RoutingTable gap() {
        return new RoutingTable(false);
    }

    /** Where a request goes; null if nothing serves. */
    @Nullable
    Target choose(RequestContext context) {
        return isSingle ? primary : chooseAmong(context);
    }

    private @Nullable Target chooseAmong(RequestContext context) {
        for (Rule rule = rules; rule != null; rule = rule.next) {
            if (rule.value.equals(context.attributes().get(rule.attribute))) {
                return rule.target;
            }
        }
        String key = byKey ? context.keyOrNull() : null;
        int bucket = key == null ? ThreadLocalRandom.current().nextInt(Traffic.WHOLE) : bucket(key);
        for (Side side = others; side != null; side = side.next) {
            if (bucket < side.end) {
                return side.target;
            }
        }
        return primary;
    }

    private int bucket(String key) {
        return bucket(salt, key);
    }

    /** The bucket of a key, from 0 to one less than {@link Traffic#WHOLE}. */
    static int bucket(String salt, String key) {
        return bucket(mix(salt.hashCode()), key);
    }

    private static int bucket(long salt, String key) {
        long hash = mix((key.hashCode() * 0x9E3779B97F4A7C15L) ^ salt);
        return (int) (((hash >>> 33) * Traffic.WHOLE) >>> 31);
    }

    private static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }

    /**
     * The weights on one instance where replicas are split: each replica serves the variant in whose range the hash of
     * salt, instance and number falls.
     */
    static int[] localShares(Traffic traffic, String instance, int replicas) {
        List<Variant> variants = traffic.variants();
        int[] counts = new int[variants.size()];
        for (int replica = 0; replica < replicas; replica++) {
            int bucket = bucket(traffic.salt(), instance + "/" + replica);
            int chosen = 0;
            int end = 0;
            for (int i = 1; i < counts.length && chosen == 0; i++) {
                end += variants.get(i).weight();
                chosen = bucket < end ? i : 0;
            }
            counts[chosen]++;
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (int) ((long) counts[i] * Traffic.WHOLE / replicas);
        }
        return counts;
    }

    /** What takes what the others leave; null if nothing serves. */
    @Nullable
    Target primary() {
        return primary;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Done when another table has taken its place. */
    CompletableFuture<Void> replaced() {
        return replaced;
    }
}
