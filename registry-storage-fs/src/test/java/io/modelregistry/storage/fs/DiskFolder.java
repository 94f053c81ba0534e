package io.modelregistry.storage.fs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder of a {@link SimulatedDisk}: its names as programs see them, those that the disk has for certain, and the
 * changes in between, in their order.
 */
final class DiskFolder implements DiskEntry {
    private final long number;
    final Map<String, DiskEntry> names = new TreeMap<>();
    final Map<String, DiskEntry> forced = new TreeMap<>();
    final List<NameChange> unforced = new ArrayList<>();

    DiskFolder(long number) {
        this.number = number;
    }

    @Override
    public long number() {
        return number;
    }

    /**
     * A name was given to something, or taken away.
     *
     * @param order counts the changes of the whole disk
     * @param entry what the name leads to since; null if to nothing
     */
    record NameChange(long order, String name, @Nullable DiskEntry entry) {}

    void change(NameChange change) {
        if (change.entry() == null) {
            names.remove(change.name());
        } else {
            names.put(change.name(), change.entry());
        }
        unforced.add(change);
    }

    void force() {
        unforced.clear();
        forced.clear();
        forced.putAll(names);
    }
}
