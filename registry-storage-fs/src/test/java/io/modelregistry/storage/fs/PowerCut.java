package io.modelregistry.storage.fs;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides what of the unforced part of a {@link SimulatedDisk} is there after a loss of power. For one cut. */
final class PowerCut {
    private static final int SECTOR = 512;

    private final Manner manner;
    private final Random random;
    private final Map<DiskFile, DiskFile> files = new IdentityHashMap<>();
    private long until;

    PowerCut(Manner manner, Random random) {
        this.manner = manner;
        this.random = random;
    }

    /** How disks lose what was not forced. */
    enum Manner {
        /** Nothing that was not forced is there. */
        NOTHING,
        /** Every name is there, and of contents only what was forced: the disk writes its journal first. */
        NAMES,
        /** Every name is there, and contents are torn. */
        NAMES_AND_TORN_CONTENTS,
        /** Names changed in their order up to some moment; contents are torn. */
        IN_ORDER,
        /** Each change of a name survives or does not, whatever came before it; contents are torn. */
        ANY,
        /** As {@link #ANY}; most things survive. */
        MOST,
        /** As {@link #ANY}; few things survive. */
        FEW,
        /** Everything is there, as when only the process was killed. */
        EVERYTHING
    }

    DiskFolder survivors(DiskFolder top, long last) {
        until = last - random.nextInt(12); // the last few changes are where it matters
        return folder(top);
    }

    private DiskFolder folder(DiskFolder folder) {
        DiskFolder survived = new DiskFolder(folder.number());
        for (String name : inOrderOfAge(folder)) {
            DiskEntry entry = chosen(folder, name);
            if (entry != null) {
                survived.names.put(name, entry instanceof DiskFolder below ? folder(below) : file((DiskFile) entry));
            }
        }
        survived.force();
        return survived;
    }

    /** The names of temporary files are random; chance shall meet the same ones in each run. */
    private static Collection<String> inOrderOfAge(DiskFolder folder) {
        SortedMap<Long, String> byAge = new TreeMap<>();
        Set<String> known = new HashSet<>();
        for (DiskFolder.NameChange change : folder.unforced) {
            if (known.add(change.name())) {
                byAge.put(change.order(), change.name());
            }
        }
        folder.forced.forEach((name, entry) -> {
            if (known.add(name)) {
                byAge.put(-entry.number(), name);
            }
        });
        return byAge.values();
    }

    private @Nullable DiskEntry chosen(DiskFolder folder, String name) {
        List<DiskFolder.NameChange> changes = folder.unforced.stream()
                .filter(change -> change.name().equals(name))
                .toList();
        DiskEntry entry = folder.forced.get(name);
        for (DiskFolder.NameChange change : changes) {
            boolean survives = switch (manner) {
                case NOTHING -> false;
                case NAMES, NAMES_AND_TORN_CONTENTS, EVERYTHING -> true;
                case IN_ORDER -> change.order() <= until;
                case ANY -> random.nextBoolean();
                case MOST -> random.nextInt(8) > 0;
                case FEW -> random.nextInt(8) == 0;
            };
            if (survives) {
                entry = change.entry();
            }
        }
        return entry;
    }

    private DiskFile file(DiskFile file) {
        return files.computeIfAbsent(file, written -> written.holding(content(written)));
    }

    private byte[] content(DiskFile file) {
        if (file.content() == file.forced()) {
            return file.forced();
        }
        return switch (manner) {
            case NOTHING, NAMES -> file.forced();
            case EVERYTHING -> file.content();
            case NAMES_AND_TORN_CONTENTS, IN_ORDER, ANY, MOST, FEW -> torn(file);
        };
    }

    private byte[] torn(DiskFile file) {
        byte[] written = file.content();
        int sectors = (written.length + SECTOR - 1) / SECTOR;
        return switch (random.nextInt(5)) {
            case 0 -> file.forced();
            case 1 -> written;
            case 2 -> Arrays.copyOf(written, Math.min(written.length, random.nextInt(sectors + 1) * SECTOR));
            case 3 -> new byte[written.length]; // The length was written, the content was not.
            default -> someSectors(file, sectors);
        };
    }

    /** Each sector is as it was written, as it was before, or zero. */
    private byte[] someSectors(DiskFile file, int sectors) {
        byte[] torn = new byte[file.content().length];
        for (int sector = 0; sector < sectors; sector++) {
            int from = sector * SECTOR;
            byte[] source = random.nextBoolean() ? file.content() : file.forced();
            int to = Math.min(torn.length, Math.min(source.length, from + SECTOR));
            if (from < to && random.nextInt(4) > 0) {
                System.arraycopy(source, from, torn, from, to - from);
            }
        }
        return torn;
    }
}
