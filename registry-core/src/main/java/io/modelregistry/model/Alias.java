package io.modelregistry.model;

import java.util.Objects;

/**
 * A movable name for one version of a model, such as {@code champion}.
 *
 * <p>A letter, then letters, digits, {@code -}, {@code _} and {@code .}, at most 128 characters. Never {@code latest}
 * (that is the model's name alone), nothing that reads like a version ({@code v2}), and no stage of the built-in
 * lifecycle policies, whatever its case; the stages of other policies are checked by the registry. Aliases are equal
 * when they are spelled alike; {@link #folded()} finds those that differ only by case.
 *
 * @param name the alias as it is written
 */
public record Alias(String name) implements Comparable<Alias> {
    private static final String THING = "alias";

    /**
     * Checks the rules of this type.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public Alias {
        Objects.requireNonNull(name, "name");
        Labels.check(THING, name);
        if (Labels.isPresetStage(name)) {
            throw new InvalidValueException(
                    THING, name, "it is the name of a stage", "a name that is not a stage, such as 'champion'");
        }
    }

    /**
     * The alias with this name.
     *
     * @throws InvalidValueException naming the rule that the text breaks
     */
    public static Alias of(String name) {
        return new Alias(name);
    }

    /** The name in lower case. */
    public String folded() {
        return Characters.fold(name);
    }

    @Override
    public int compareTo(Alias other) {
        return name.compareTo(other.name);
    }

    /** The name alone. */
    @Override
    public String toString() {
        return name;
    }
}
