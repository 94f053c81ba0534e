package io.modelregistry.storage.fs;

import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Lists in the order of full keys, in which a folder stands where its name followed by {@code /} stands: {@code a-b}
 * before {@code a/c}.
 *
 * <p>Only folders that a page needs are read. To know what is a folder costs a call per name, so names are queued as if
 * they were files and looked at when it is their turn; one that turns out to be a folder goes back to where its slash
 * puts it, which is never before its turn as a file. Names that no key can have, and links, are passed over.
 * Thread-safe.
 */
final class Listing {
    private final FileOperations operations;
    private final Tree tree;

    Listing(FileOperations operations, Tree tree) {
        this.operations = operations;
        this.tree = tree;
    }

    List<ListedObject> objects(KeyPrefix prefix, @Nullable StorageKey startAfter, int limit) throws IOException {
        Optional<Path> folder = folder(prefix);
        if (folder.isEmpty()) {
            return List.of();
        }
        Page page = new Page(startAfter == null ? "" : startAfter.value(), limit);
        collect(folder.get(), start(prefix), page);
        return List.copyOf(page.objects);
    }

    private void collect(Path folder, String start, Page page) throws IOException {
        PriorityQueue<Name> queue = new PriorityQueue<>();
        visit(folder, name -> {
            if (page.mayHold(start + name)) {
                queue.add(new Name(name, name));
            }
            return true;
        });
        while (!page.isFull() && !queue.isEmpty()) {
            Name next = queue.remove();
            Path path = folder.resolve(next.name);
            if (next.isFolder()) {
                collect(path, start + next.position, page);
                continue;
            }
            Optional<FileFacts> facts = operations.facts(path);
            if (facts.isPresent() && facts.get().isFolder()) {
                queue.add(next.asFolder());
            } else if (facts.isPresent() && facts.get().isFile()) {
                page.add(start + next.name, facts.get());
            }
        }
    }

    List<String> folders(KeyPrefix prefix, @Nullable String startAfter, int limit) throws IOException {
        Optional<Path> folder = folder(prefix);
        if (folder.isEmpty()) {
            return List.of();
        }
        String after = startAfter == null ? "" : startAfter + "/";
        PriorityQueue<Name> queue = new PriorityQueue<>();
        visit(folder.get(), name -> {
            Name entry = new Name(name, name).asFolder();
            if (entry.position.compareTo(after) > 0) {
                queue.add(entry);
            }
            return true;
        });
        List<String> names = new ArrayList<>();
        while (names.size() < limit && !queue.isEmpty()) {
            String name = queue.remove().name;
            Path path = folder.get().resolve(name);
            if (isFolder(path) && holdsObject(path, start(prefix) + name + "/")) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    private boolean isFolder(Path path) throws IOException {
        return operations.facts(path).map(FileFacts::isFolder).orElse(false);
    }

    private boolean holdsObject(Path folder, String start) throws IOException {
        boolean[] found = new boolean[1];
        visit(folder, name -> {
            Path path = folder.resolve(name);
            Optional<FileFacts> facts = operations.facts(path);
            if (facts.isPresent()) {
                found[0] = facts.get().isFolder()
                        ? holdsObject(path, start + name + "/")
                        : facts.get().isFile() && key(start + name).isPresent();
            }
            return !found[0];
        });
        return found[0];
    }

    private Optional<Path> folder(KeyPrefix prefix) throws IOException {
        Optional<Path> root = tree.root();
        if (root.isEmpty() || prefix.value().isEmpty()) {
            return root;
        }
        Path folder = root.get().resolve(prefix.value());
        if (operations.facts(folder).isEmpty()) {
            return Optional.empty();
        }
        try {
            tree.checkInside("list below '" + prefix + "'", null, folder);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Optional.of(folder);
    }

    /**
     * Skips hidden names, which are never part of a key. A folder that is gone or is a file has no names, even if it is
     * back by now: whatever it holds was written after the listing began.
     */
    private void visit(Path folder, FileOperations.Visitor visitor) throws IOException {
        try {
            operations.visit(folder, name -> name.startsWith(".") || visitor.visit(name));
        } catch (NoSuchFileException | NotDirectoryException gone) {
            // It had no names at that instant.
        }
    }

    private static String start(KeyPrefix prefix) {
        return prefix.value().isEmpty() ? "" : prefix.value() + "/";
    }

    /** A person may have put files there that have no key. */
    private static Optional<StorageKey> key(String text) {
        try {
            return Optional.of(StorageKey.of(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private record Name(String name, String position) implements Comparable<Name> {
        Name asFolder() {
            return new Name(name, name + "/");
        }

        boolean isFolder() {
            return position.length() > name.length();
        }

        @Override
        public int compareTo(Name other) {
            return position.compareTo(other.position);
        }
    }

    private static final class Page {
        private final List<ListedObject> objects = new ArrayList<>();
        private final String startAfter;
        private final int limit;

        Page(String startAfter, int limit) {
            this.startAfter = startAfter;
            this.limit = limit;
        }

        boolean isFull() {
            return objects.size() == limit;
        }

        /** Whether a file of this name, or a key in a folder of this name, lies behind the start. */
        boolean mayHold(String path) {
            String asFolder = path + "/";
            return asFolder.compareTo(startAfter) > 0 || startAfter.startsWith(asFolder);
        }

        void add(String path, FileFacts facts) {
            if (path.compareTo(startAfter) > 0) {
                key(path).ifPresent(key -> objects.add(new ListedObject(key, facts.size(), facts.lastModified())));
            }
        }
    }
}
