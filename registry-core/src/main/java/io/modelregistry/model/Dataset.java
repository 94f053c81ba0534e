package io.modelregistry.model;

import java.util.Objects;

/**
 * A data set that a version was made or judged with. Texts that are not known are empty.
 *
 * @param name what it is called
 * @param version which state of it
 * @param uri where it is, for people: the registry never opens it
 * @param role what it was used for, such as {@code training}, {@code validation}, {@code test}
 */
public record Dataset(String name, String version, String uri, String role) {
    /** Checks for nulls and an empty name. */
    public Dataset {
        Texts.required("data set name", name);
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(uri, "uri");
        Objects.requireNonNull(role, "role");
    }
}
