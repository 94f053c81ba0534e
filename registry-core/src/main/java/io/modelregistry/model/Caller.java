package io.modelregistry.model;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A principal together with the teams and groups that the host vouches for.
 *
 * <p>The registry believes what it is told here: the host has authenticated the caller before it makes one.
 *
 * @param principal who acts
 * @param groups the teams and groups the principal belongs to, in the order of their names; immutable
 */
public record Caller(Principal principal, SortedSet<String> groups) {
    /**
     * Checks and copies the groups, whose names follow the rules of a principal's name.
     *
     * @throws InvalidValueException naming the rule that the name of a group breaks
     */
    public Caller {
        Objects.requireNonNull(principal, "principal");
        TreeSet<String> sorted = new TreeSet<>();
        for (String group : groups) {
            Principal.checkName("group", group);
            sorted.add(group);
        }
        groups = Collections.unmodifiableSortedSet(sorted);
    }

    /** The principal, in no group. */
    public static Caller of(Principal principal) {
        return new Caller(principal, Collections.emptySortedSet());
    }

    /**
     * The person with this name, in no group.
     *
     * @throws InvalidValueException naming the rule that the name breaks
     */
    public static Caller user(String name) {
        return of(Principal.user(name));
    }

    /**
     * The program with this name, in no group.
     *
     * @throws InvalidValueException naming the rule that the name breaks
     */
    public static Caller service(String name) {
        return of(Principal.service(name));
    }

    /**
     * The same principal, in these groups too.
     *
     * @throws InvalidValueException naming the rule that the name of a group breaks
     */
    public Caller in(String... more) {
        return in(List.of(more));
    }

    /**
     * The same principal, in these groups too.
     *
     * @throws InvalidValueException naming the rule that the name of a group breaks
     */
    public Caller in(Collection<String> more) {
        TreeSet<String> all = new TreeSet<>(groups);
        all.addAll(more);
        return new Caller(principal, all);
    }

    /** Whether the host vouched for this group. */
    public boolean isIn(String group) {
        return groups.contains(group);
    }

    /** The principal, and its groups when there are any. */
    @Override
    public String toString() {
        return groups.isEmpty() ? principal.toString() : principal + " in " + groups;
    }
}
