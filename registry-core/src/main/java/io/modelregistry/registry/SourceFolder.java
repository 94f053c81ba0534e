package io.modelregistry.registry;

import io.modelregistry.model.ArtifactPath;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/** Finds what there is to register at a path of the host. */
final class SourceFolder {
    private SourceFolder() {}

    static List<ArtifactSource> sources(Path fileOrFolder) {
        String shown = String.valueOf(fileOrFolder.getFileName());
        if (!Files.isDirectory(fileOrFolder)) {
            return List.of(ArtifactSource.of(ArtifactPath.of(shown), fileOrFolder));
        }
        List<ArtifactSource> found = new ArrayList<>();
        try {
            Path root = fileOrFolder.toRealPath();
            Files.walkFileTree(
                    root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Collector(root, found));
        } catch (IOException e) {
            throw new InvalidArtifactException(shown, "the folder cannot be read", "a readable folder", e);
        }
        if (found.isEmpty()) {
            throw new InvalidArtifactException(shown, "the folder holds no file", "at least one file", null);
        }
        found.sort(Comparator.comparing(ArtifactSource::path));
        return found;
    }

    private static final class Collector extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<ArtifactSource> found;

        Collector(Path root, List<ArtifactSource> found) {
            this.root = root;
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (!folder.equals(root) && isHidden(folder)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            checkInside(folder);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file)) {
                checkInside(file);
                found.add(ArtifactSource.of(ArtifactPath.of(relative(file)), file));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            throw unreadable(file, e);
        }

        private InvalidArtifactException unreadable(Path path, IOException e) {
            return new InvalidArtifactException(
                    relative(path), "it cannot be read (" + e.getClass().getSimpleName() + ")", "a readable file", e);
        }

        private void checkInside(Path path) {
            Path real;
            try {
                real = path.toRealPath();
            } catch (IOException e) {
                throw unreadable(path, e);
            }
            if (!real.startsWith(root)) {
                throw new InvalidArtifactException(
                        relative(path), "it is a link that leads out of the folder", "files of the folder only", null);
            }
        }

        private String relative(Path path) {
            return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
        }

        private static boolean isHidden(Path path) {
            return String.valueOf(path.getFileName()).startsWith(".");
        }
    }
}
