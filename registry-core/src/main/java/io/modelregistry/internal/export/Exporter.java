package io.modelregistry.internal.export;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Manifest;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.Artifacts.ExportLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Copies the files of a version, checked, into the folder layout of a server, and nowhere else. */
public final class Exporter {
    private static final String CONFIG = "config.pbtxt";

    private final Artifacts artifacts;
    private final Manifest manifest;
    private final long sequence;

    /** Exports a version. */
    public Exporter(Artifacts artifacts, Manifest manifest, long sequence) {
        this.artifacts = artifacts;
        this.manifest = manifest;
        this.sequence = sequence;
    }

    /** Exports, or leaves the target as it was. */
    public Path export(Path target, ExportLayout layout) {
        Export export = new Export(manifest, sequence, layout);
        WrittenFiles written = new WrittenFiles();
        try {
            if (layout == ExportLayout.PLAIN) {
                plain(export, target, written);
            } else {
                repository(export, target, written);
            }
            return target;
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            written.takeBack(e);
            throw export.failed(
                    ErrorCode.ALREADY_EXISTS,
                    "somebody else has exported to the target meanwhile, expected a target of its own",
                    e);
        } catch (IOException e) {
            written.takeBack(e);
            if (e.getCause() instanceof RegistryException known) {
                throw known;
            }
            throw export.failed(ErrorCode.STORAGE, "the target cannot be written (" + reason(e) + ")", e);
        } catch (RuntimeException e) {
            written.takeBack(e);
            throw e;
        }
    }

    /** Not the message, which may name paths of the host. */
    private static String reason(IOException e) {
        String type = e.getClass().getSimpleName();
        return e instanceof FileSystemException known && known.getReason() != null
                ? type + ": " + known.getReason()
                : type;
    }

    private void plain(Export export, Path target, WrittenFiles written) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !isEmptyFolder(target)) {
            throw export.refused(
                    ErrorCode.ALREADY_EXISTS, "the target holds something", "a folder that is empty or does not exist");
        }
        SortedMap<String, ArtifactPath> files = new TreeMap<>();
        for (ArtifactFile file : manifest.files()) {
            files.put(file.path().value(), file.path());
        }
        copy(files, target, written);
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private void repository(Export export, Path target, WrittenFiles written) throws IOException {
        ServerLayout layout = ServerLayout.of(export);
        Optional<TritonConfig> config = export.layout() == ExportLayout.TRITON
                ? Optional.of(new TritonConfig(export, layout.platform()))
                : Optional.empty();
        Path model = modelFolder(target);
        Path version = model.resolve(Long.toString(sequence));
        if (Files.exists(model, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(model, LinkOption.NOFOLLOW_LINKS)) {
            throw export.refused(
                    ErrorCode.ALREADY_EXISTS,
                    "'" + model.getFileName() + "' in the target is not a folder",
                    "a folder");
        }
        ModelOrigin origin = new ModelOrigin(export, model);
        if (export.layout() == ExportLayout.TENSORFLOW_SERVING) {
            origin.check();
        }
        if (Files.exists(version, LinkOption.NOFOLLOW_LINKS)) {
            throw export.refused(
                    ErrorCode.ALREADY_EXISTS,
                    "the target has a version " + sequence + " of '" + model.getFileName() + "'",
                    "a version that was not exported there before");
        }
        boolean isConfigured = Files.exists(model.resolve(CONFIG), LinkOption.NOFOLLOW_LINKS);
        if (config.isPresent() && isConfigured) {
            config.get().checkCompatible(Files.readString(model.resolve(CONFIG)));
        }
        // A server passes over folders whose name is no number, so that it never sees a part of a version.
        Path incomplete = model.resolve(".export-" + sequence + "-" + UUID.randomUUID());
        copy(layout.files(), incomplete, written);
        // What stands beside the versions belongs to all of them: it stays, also if this export comes too late.
        if (config.isPresent()
                && !isConfigured
                && !WrittenFiles.fileForGood(model.resolve(CONFIG), config.get().text(model))) {
            config.get().checkCompatible(Files.readString(model.resolve(CONFIG)));
        }
        if (export.layout() == ExportLayout.TENSORFLOW_SERVING) {
            origin.write();
            origin.check();
        }
        Files.move(incomplete, version, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The folder that the model has in the target, however it is spelled there, or the one that it is to get. */
    private Path modelFolder(Path target) throws IOException {
        Path spelled = target.resolve(manifest.name().name());
        if (!Files.isDirectory(target) || Files.exists(spelled, LinkOption.NOFOLLOW_LINKS)) {
            return spelled;
        }
        try (Stream<Path> entries = Files.list(target)) {
            return entries.filter(entry -> manifest.name().name().equalsIgnoreCase(String.valueOf(entry.getFileName())))
                    .min(Comparator.naturalOrder())
                    .orElse(spelled);
        }
    }

    private void copy(SortedMap<String, ArtifactPath> files, Path folder, WrittenFiles written) throws IOException {
        written.folder(folder);
        byte[] buffer = new byte[256 << 10];
        for (Map.Entry<String, ArtifactPath> file : files.entrySet()) {
            Path to = folder.resolve(file.getKey());
            written.folder(java.util.Objects.requireNonNull(to.toAbsolutePath().getParent()));
            written.file(to);
            try (InputStream in = artifacts.open(file.getValue());
                    OutputStream out = Files.newOutputStream(to, StandardOpenOption.WRITE)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    out.write(buffer, 0, read);
                }
            }
        }
    }
}
