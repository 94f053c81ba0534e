package io.modelregistry.serialization;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files of the host, listed once. */
final class HostFiles implements ModelFiles {
    private static final int MAX_FILES = 100_000;

    private final Map<String, Path> files;

    private HostFiles(Map<String, Path> files) {
        this.files = files;
    }

    static HostFiles of(Path fileOrFolder) throws IOException {
        Path root = fileOrFolder.toRealPath();
        if (Files.isRegularFile(root)) {
            Path name = fileOrFolder.getFileName();
            return new HostFiles(Map.of(name == null ? "file" : name.toString(), root));
        }
        Map<String, Path> found = new TreeMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    found.put(slashed(root.relativize(file)), file);
                }
                if (found.size() > MAX_FILES) {
                    throw new IOException("Cannot look at folder '" + root.getFileName() + "': it has more than "
                            + MAX_FILES + " files, expected fewer");
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return new HostFiles(found);
    }

    @Override
    public List<String> paths() {
        return List.copyOf(files.keySet());
    }

    @Override
    public long size(String path) throws IOException {
        return Files.size(get(path));
    }

    @Override
    public InputStream open(String path, long offset) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(get(path));
        try {
            channel.position(offset);
            return Channels.newInputStream(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private Path get(String path) throws NoSuchFileException {
        Path file = files.get(path);
        if (file == null) {
            throw new NoSuchFileException(path);
        }
        return file;
    }

    private static String slashed(Path relative) {
        StringBuilder path = new StringBuilder();
        for (Path part : relative) {
            path.append(path.isEmpty() ? "" : "/").append(part);
        }
        return path.toString();
    }
}
