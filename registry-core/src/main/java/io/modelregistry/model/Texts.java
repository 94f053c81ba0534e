package io.modelregistry.model;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Checks and copies that the values of this package share. */
final class Texts {
    static final int MAX_FIELD_NAME = 256;
    static final int MAX_TEXT = 65_536;

    private Texts() {}

    static void required(String thing, String text) {
        if (text.isBlank()) {
            throw new InvalidValueException(thing, text, "it is empty", "a text");
        }
        bounded(thing, text, MAX_TEXT);
    }

    static String bounded(String thing, String text, int max) {
        if (text.length() > max) {
            throw new InvalidValueException(thing, text, "it has " + text.length() + " characters", "at most " + max);
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean paired = Character.isHighSurrogate(text.charAt(i))
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    throw new InvalidValueException(
                            thing, text, "it has half of a surrogate pair", "well-formed Unicode");
                }
                i++;
            }
        }
        return text;
    }

    static <V> SortedMap<String, V> fields(String thing, Map<String, V> fields) {
        SortedMap<String, V> copy = new TreeMap<>(fields);
        copy.forEach((name, value) -> {
            required(thing + " name", name);
            bounded(thing + " name", name, MAX_FIELD_NAME);
            if (value == null) {
                throw new InvalidValueException(thing, name, "its value is null", "a value");
            }
            if (value instanceof FieldValue.Text text) {
                bounded(thing + " '" + name + "'", text.value(), MAX_TEXT);
            }
            if (value instanceof FieldValue.Texts texts) {
                texts.value().forEach(text -> bounded(thing + " '" + name + "'", text, MAX_TEXT));
            }
        });
        return Collections.unmodifiableSortedMap(copy);
    }

    static Set<String> tags(Collection<String> tags) {
        Set<String> copy = new LinkedHashSet<>(new java.util.TreeSet<>(tags));
        copy.forEach(tag -> {
            required("tag", tag);
            bounded("tag", tag, MAX_FIELD_NAME);
        });
        return Collections.unmodifiableSet(copy);
    }
}
