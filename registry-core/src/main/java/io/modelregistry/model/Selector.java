package io.modelregistry.model;

import java.util.Objects;

/**
 * Which version of a model is meant; one alternative for each form of a {@link ModelRef}.
 *
 * <p>{@code toString} gives what stands behind the model's name, which is nothing for {@link Newest}.
 */
public sealed interface Selector {
    /** The newest stable release: the model's name alone. */
    record Newest() implements Selector {
        @Override
        public String toString() {
            return "";
        }
    }

    /**
     * One version, written {@code :1.4.0}.
     *
     * @param version the version; build metadata is not looked at
     */
    record Exact(ModelVersion version) implements Selector {
        /** Refuses null. */
        public Exact {
            Objects.requireNonNull(version, "version");
        }

        @Override
        public String toString() {
            return ":" + version;
        }
    }

    /**
     * The newest version of a range, written {@code :^1.2}.
     *
     * @param range the range
     */
    record Range(VersionRange range) implements Selector {
        /** Refuses null. */
        public Range {
            Objects.requireNonNull(range, "range");
        }

        /** A range that reads like one version gets an equals sign, so that it stays a range. */
        @Override
        public String toString() {
            String text = range.toString();
            return ModelRef.isFullVersion(text) ? ":=" + text : ":" + text;
        }
    }

    /**
     * The version with a sequence number, written {@code #3}.
     *
     * @param number 1 or more
     */
    record Sequence(long number) implements Selector {
        /**
         * Checks the number.
         *
         * @throws InvalidValueException if it is less than 1 or larger than {@link ModelVersion#MAX_NUMBER}
         */
        public Sequence {
            if (number < 1 || number > ModelVersion.MAX_NUMBER) {
                throw new InvalidValueException(
                        "sequence number",
                        Long.toString(number),
                        "it is not between 1 and " + ModelVersion.MAX_NUMBER,
                        "a number that a published version has");
            }
        }

        @Override
        public String toString() {
            return "#" + number;
        }
    }

    /**
     * The version that an alias points at, or the one that was moved to a stage last, written {@code @production}.
     *
     * @param label an alias or the name of a stage; stages match without case
     */
    record Labelled(String label) implements Selector {
        /**
         * Checks the grammar of labels.
         *
         * @throws InvalidValueException naming the rule that the label breaks
         */
        public Labelled {
            Objects.requireNonNull(label, "label");
            Labels.check("label", label);
        }

        @Override
        public String toString() {
            return "@" + label;
        }
    }

    /**
     * The version whose manifest has a digest, written {@code @sha256:...}.
     *
     * @param digest the digest of the sealed manifest
     */
    record ByDigest(Digest digest) implements Selector {
        /** Refuses null. */
        public ByDigest {
            Objects.requireNonNull(digest, "digest");
        }

        @Override
        public String toString() {
            return "@" + digest;
        }
    }

    /**
     * One version, and only if its manifest has a digest, written {@code :1.4.0@sha256:...}.
     *
     * @param version the version
     * @param digest the digest of its sealed manifest
     */
    record ExactWithDigest(ModelVersion version, Digest digest) implements Selector {
        /** Refuses null. */
        public ExactWithDigest {
            Objects.requireNonNull(version, "version");
            Objects.requireNonNull(digest, "digest");
        }

        @Override
        public String toString() {
            return ":" + version + "@" + digest;
        }
    }
}
