package io.modelregistry.registry;

import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ArtifactPath;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The files of one version. */
public interface Artifacts {
    /** The files, ascending by path. */
    List<ArtifactFile> files();

    /**
     * Streams a file; its digest is checked while it is read.
     *
     * @return a stream that throws an {@link java.io.IOException} caused by a {@link CorruptionException} when it
     *     reaches the end and the bytes were not those that were sealed; what was read before is not to be trusted
     *     until then
     * @throws ModelNotFoundException if the version has no such file
     */
    InputStream open(ArtifactPath path);

    /**
     * A local folder that holds exactly the files of the version, each checked against its digest in this process. On a
     * store whose objects are local files it is the stored folder itself; it is for reading, and stays until the
     * registry is closed.
     *
     * @throws CorruptionException if a file is damaged or missing
     */
    Path materialize();

    /**
     * The same for as long as it is needed: for code that loads one version after the other. Files must not be used
     * after the folder was closed.
     *
     * @throws CorruptionException if a file is damaged or missing
     */
    default PinnedFolder pin() {
        return new PinnedFolder(materialize(), () -> {});
    }

    /**
     * A link from which whoever has it may download a file for some time, straight from the store and without
     * credentials: a secret until it expires. Who downloads has to check the digest of {@link #files}.
     *
     * @param validFor from now on, at least a second
     * @return empty if the store makes no links
     * @throws ModelNotFoundException if the version has no such file
     * @throws io.modelregistry.model.InvalidValueException if the store does not make links that are valid for so long
     */
    Optional<URI> findDownloadLink(ArtifactPath path, Duration validFor);

    /**
     * Copies the files, checked, into a folder; if that fails, the folder is as it was before.
     *
     * <p>For a server the version becomes the folder {@code name/sequence} of the target, in which other versions of
     * the same model, and other models, may lie already.
     *
     * @param target for {@link ExportLayout#PLAIN}, must not exist or be empty
     * @param layout how to arrange them
     * @return the folder that a server is to be pointed at, which is the target
     * @throws ExportException if the server cannot run the version, or the target holds something else or cannot be
     *     written
     * @throws CorruptionException if a file is damaged or missing
     */
    Path export(Path target, ExportLayout layout);

    /** How exported files are arranged. */
    enum ExportLayout {
        /** As registered. */
        PLAIN,
        /** A Triton model repository: {@code name/sequence/...} with a {@code config.pbtxt}. */
        TRITON,
        /** TensorFlow Serving: {@code name/sequence/...}. */
        TENSORFLOW_SERVING
    }
}
