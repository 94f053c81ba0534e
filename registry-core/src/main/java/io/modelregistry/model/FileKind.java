package io.modelregistry.model;

import java.util.Locale;

/** What a file of a version is for. */
public enum FileKind {
    /** The parameters of the model, alone or together with its graph: what an engine loads. */
    WEIGHTS,
    /** Settings that are read beside the weights. */
    CONFIG,
    /** Vocabulary and rules that turn text into tokens. */
    TOKENIZER,
    /** A container image that serves the model; may be a reference with a digest. */
    CONTAINER,
    /** Sample input or output. */
    EXAMPLE,
    /** Text for people. */
    DOCUMENTATION,
    /** Anything else. */
    OTHER;

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws InvalidValueException when the text names no kind
     */
    public static FileKind parse(String text) {
        for (FileKind kind : values()) {
            if (kind.toString().equals(text)) {
                return kind;
            }
        }
        throw new InvalidValueException(
                "file kind",
                text,
                "there is no such kind",
                "weights, config, tokenizer, container, example, documentation or other");
    }

    /** The lower-case form that documents use, such as {@code weights}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
