package io.modelregistry.model;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What people keep saying of a version after it was sealed. Each text replaces nothing in the manifest; empty means
 * nothing was said since.
 *
 * @param usage intended use, limitations and considerations as known now
 * @param notes free text
 * @param tags ascending
 * @param fields custom fields by name
 */
public record Overlay(UsageNotes usage, String notes, Set<String> tags, SortedMap<String, FieldValue> fields) {
    /** Nothing was said. */
    public static final Overlay EMPTY = new Overlay(UsageNotes.EMPTY, "", Set.of(), new TreeMap<>());

    /** Copies the collections and checks names and lengths. */
    public Overlay {
        Texts.bounded("notes", notes, Texts.MAX_TEXT);
        tags = Texts.tags(tags);
        fields = Texts.fields("custom field", fields);
    }

    /** Whether nothing was said. */
    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /** The same with other usage notes. */
    public Overlay withUsage(UsageNotes other) {
        return new Overlay(other, notes, tags, fields);
    }

    /** The same with other notes. */
    public Overlay withNotes(String other) {
        return new Overlay(usage, other, tags, fields);
    }

    /** The same with these tags only. */
    public Overlay withTags(Set<String> other) {
        return new Overlay(usage, notes, other, fields);
    }

    /** The same with these custom fields only. */
    public Overlay withFields(Map<String, FieldValue> other) {
        return new Overlay(usage, notes, tags, new TreeMap<>(other));
    }
}
