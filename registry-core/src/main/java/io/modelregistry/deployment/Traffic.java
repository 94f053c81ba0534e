package io.modelregistry.deployment;

import io.modelregistry.model.InvalidValueException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which requests go to which version.
 *
 * <p>A rule that matches decides first. Otherwise a request with a key takes the variant in whose range the hash of
 * salt and key falls, so that a key takes the same side on every instance; one without a key takes a variant at random,
 * by weight. The variants behind the first have their ranges from 0 upwards in their order, and the first has the rest:
 * while the weight of a lone second variant grows, keys only move to it.
 *
 * @param salt what is hashed with the keys, so that two splits do not pick the same customers
 * @param unit what is split
 * @param variants at least one, the primary first; their weights sum up to {@link #WHOLE}
 * @param rules tried in order before the weights
 * @param shadow what gets copies of requests
 */
public record Traffic(String salt, Unit unit, List<Variant> variants, List<Rule> rules, Optional<Shadow> shadow) {
    /** The weight of all traffic: a weight of 1,000 is one percent. */
    public static final int WHOLE = 100_000;

    /** What a split divides. */
    public enum Unit {
        /** The keys of requests. */
        KEYS,
        /** The replicas of all instances: each serves one variant, whatever the key. */
        REPLICAS
    }

    /**
     * Checks that names differ, that weights sum up, and that rules name variants.
     *
     * @throws InvalidValueException naming what does not fit
     */
    public Traffic {
        Objects.requireNonNull(salt, "salt");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(shadow, "shadow");
        variants = List.copyOf(variants);
        rules = List.copyOf(rules);
        Set<String> names = new HashSet<>();
        long sum = 0;
        for (Variant variant : variants) {
            if (!names.add(variant.name())) {
                throw new InvalidValueException("variant", variant.name(), "it is named twice", "distinct names");
            }
            sum += variant.weight();
        }
        if (sum != WHOLE) {
            throw new InvalidValueException(
                    "weights",
                    variants.stream()
                            .map(v -> v.name() + "=" + v.weight())
                            .toList()
                            .toString(),
                    "they sum up to " + sum,
                    "a sum of " + WHOLE);
        }
        for (Rule rule : rules) {
            if (!names.contains(rule.variant()) && !rule.variant().equals(Variant.CANARY)) {
                throw new InvalidValueException(
                        "rule", rule.toString(), "there is no variant '" + rule.variant() + "'", "one of " + names);
            }
        }
    }

    /**
     * Sends requests with an attribute to a variant. One that names the canary may stand while there is none, and then
     * matches nothing.
     *
     * @param attribute the name of the attribute
     * @param value its exact value
     * @param variant where they go
     */
    public record Rule(String attribute, String value, String variant) {
        /** Checks for nulls and an empty name. */
        public Rule {
            Objects.requireNonNull(value, "value");
            Variant.checkName(variant);
            if (attribute.isEmpty()) {
                throw new InvalidValueException("rule", attribute, "its attribute has no name", "a name");
            }
        }
    }

    /**
     * Copies requests to a version whose answers nobody gets.
     *
     * @param version the version
     * @param share how many of the requests, in {@link #WHOLE}ths
     */
    public record Shadow(PinnedVersion version, int share) {
        /** Checks the share. */
        public Shadow {
            Objects.requireNonNull(version, "version");
            if (share < 1 || share > WHOLE) {
                throw new InvalidValueException(
                        "share of the shadow", Integer.toString(share), "it is out of range", "1 to " + WHOLE);
            }
        }
    }

    /** All traffic to one version. */
    public static Traffic all(String salt, PinnedVersion version) {
        return new Traffic(
                salt, Unit.KEYS, List.of(new Variant(Variant.PRIMARY, version, WHOLE)), List.of(), Optional.empty());
    }

    /** The variant that takes what the others leave. */
    public Variant primary() {
        return variants.get(0);
    }

    /** A variant by its name; empty if there is none. */
    public Optional<Variant> find(String name) {
        return variants.stream().filter(variant -> variant.name().equals(name)).findFirst();
    }

    /** The same variants and weights with other rules. */
    public Traffic withRules(List<Rule> other) {
        return new Traffic(salt, unit, variants, other, shadow);
    }

    /** The same with another shadow, or none. */
    public Traffic withShadow(Optional<Shadow> other) {
        return new Traffic(salt, unit, variants, rules, other);
    }
}
