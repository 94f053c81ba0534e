package io.modelregistry.inference.deployment;

import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.runtime.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 */
final class RoutingTable {
    private final Target[] targets;
    private final int[] bounds;
    private final List<Route> rules;
    private final long salt;
    private final boolean byKey;
    private final @Nullable Target only;
    private final boolean isClosed;
    private final CompletableFuture<Void> replaced = new CompletableFuture<>();

    /** A rule with its way. */
    private record Route(String attribute, String value, Target target) {}

    private RoutingTable(boolean isClosed) {
        this.targets = new Target[0];
        this.bounds = new int[0];
        this.rules = List.of();
        this.salt = 0;
        this.byKey = true;
        this.only = null;
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
        this.targets = new Target[variants.size()];
        this.bounds = new int[variants.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = versions.apply(variants.get(i));
        }
        int end = 0;
        for (int i = 1; i < bounds.length; i++) {
            end += localShares.isPresent()
                    ? localShares.get()[i]
                    : variants.get(i).weight();
            bounds[i] = end;
        }
        List<Route> routes = new ArrayList<>();
        for (Traffic.Rule rule : traffic.rules()) {
            for (Target target : targets) {
                if (target.variant().equals(rule.variant())) {
                    routes.add(new Route(rule.attribute(), rule.value(), target));
                }
            }
        }
        this.rules = List.copyOf(routes);
        this.salt = mix(traffic.salt().hashCode());
        this.byKey = localShares.isEmpty();
        this.only = targets.length == 1 && rules.isEmpty() ? targets[0] : null;
        this.isClosed = false;
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
        Target single = only;
        return single != null ? single : chooseAmong(context);
    }

    private @Nullable Target chooseAmong(RequestContext context) {
        if (targets.length == 0) {
            return null;
        }
        if (!rules.isEmpty()) {
            Map<String, String> attributes = context.attributes();
            for (int i = 0; i < rules.size(); i++) {
                Route rule = rules.get(i);
                if (rule.value.equals(attributes.get(rule.attribute))) {
                    return rule.target;
                }
            }
        }
        String key = byKey ? context.keyOrNull() : null;
        int bucket = key == null ? ThreadLocalRandom.current().nextInt(Traffic.WHOLE) : bucket(key);
        for (int i = 1; i < bounds.length; i++) {
            if (bucket < bounds[i]) {
                return targets[i];
            }
        }
        return targets[0];
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
        return targets.length == 0 ? null : targets[0];
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Done when another table has taken its place. */
    CompletableFuture<Void> replaced() {
        return replaced;
    }
}
