package io.modelregistry.internal.export;

import io.modelregistry.model.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Says beside the versions of a model in a server's repository which model they are of: a server knows no groups, and
 * would take the version with the highest number, whatever it is of. Servers pass over the file.
 *
 * @param export what is to be exported
 * @param folder the folder of the model
 */
record ModelOrigin(Export export, Path folder) {
    private static final String NAME = ".model_registry_name";

    private Path file() {
        return folder.resolve(NAME);
    }

    private boolean isWritten() {
        return Files.exists(file(), LinkOption.NOFOLLOW_LINKS);
    }

    private String model() {
        return export.manifest().name().folded();
    }

    /** Refuses a folder that has versions of another model, or of nobody knows which. */
    void check() throws IOException {
        if (isWritten()) {
            String other = Files.readString(file()).strip();
            if (!other.equals(model())) {
                throw refused("holds versions of '" + other + "'", "another target");
            }
        } else if (Files.isDirectory(folder) && hasVersions()) {
            throw refused(
                    "holds versions of which it does not say what model they are of",
                    "another target, or a file " + NAME + " with the line '" + model() + "'");
        }
    }

    private RuntimeException refused(String why, String expected) {
        return export.refused(
                ErrorCode.ALREADY_EXISTS, "the folder '" + folder.getFileName() + "' of the target " + why, expected);
    }

    private boolean hasVersions() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .anyMatch(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'));
        }
    }

    /** Says it unless it is said. */
    void write() throws IOException {
        if (!isWritten()) {
            WrittenFiles.fileForGood(file(), model() + "\n");
        }
    }
}
