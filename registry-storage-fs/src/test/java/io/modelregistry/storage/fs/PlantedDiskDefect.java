package io.modelregistry.storage.fs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Mistakes in the use of a disk that only a loss of power shows, planted between the node and the disk. */
enum PlantedDiskDefect {
    /** No folder is ever forced. */
    SKIPS_THE_FORCE_OF_FOLDERS {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                @Override
                public void forceFolder(Path folder) {
                    // That is the defect.
                }
            };
        }
    },
    /** No content is ever forced. */
    SKIPS_THE_FORCE_OF_FILES {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                @Override
                public NewFile create(Path file) throws IOException {
                    return new Unforced(super.create(file));
                }
            };
        }
    },
    /** The content is forced, but only when its name and the folder were. */
    FORCES_THE_FILE_AFTER_ITS_NAME {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                private final List<Path> named = new ArrayList<>();

                @Override
                public NewFile create(Path file) throws IOException {
                    return new Unforced(super.create(file));
                }

                @Override
                public void link(Path name, Path existing) throws IOException {
                    super.link(name, existing);
                    named.add(name);
                }

                @Override
                public void replace(Path from, Path to) throws IOException {
                    super.replace(from, to);
                    named.add(to);
                }

                @Override
                public void forceFolder(Path folder) throws IOException {
                    super.forceFolder(folder);
                    for (Path name : named) {
                        if (facts(name).isPresent()) {
                            disk.forceFile(name);
                        }
                    }
                    named.clear();
                }
            };
        }
    },
    /** All temporary files have one name; one that was left behind is opened and written again. */
    USES_A_TEMPORARY_NAME_AGAIN {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                private Path always(Path path) {
                    return path.toString().contains("/.tmp/") ? path.resolveSibling("0") : path;
                }

                @Override
                public Optional<FileFacts> facts(Path path) throws IOException {
                    return super.facts(always(path));
                }

                @Override
                public InputStream read(Path file) throws IOException {
                    return super.read(always(file));
                }

                @Override
                public NewFile create(Path file) throws IOException {
                    return disk.overwrite(always(file));
                }

                @Override
                public void link(Path name, Path existing) throws IOException {
                    if (facts(name).isPresent() && !always(name).equals(name)) {
                        super.delete(always(name));
                    }
                    super.link(always(name), always(existing));
                }

                @Override
                public void replace(Path from, Path to) throws IOException {
                    super.replace(always(from), to);
                }

                @Override
                public void delete(Path path) throws IOException {
                    super.delete(always(path));
                }
            };
        }
    },
    /** The folder of the new name is forced, those above it are not. */
    FORCES_ONLY_THE_LOWEST_FOLDER {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                private Path last = Path.of("/");

                @Override
                public void forceFolder(Path folder) throws IOException {
                    if (!folder.equals(last.getParent())) {
                        super.forceFolder(folder);
                    }
                    last = folder;
                }
            };
        }
    },
    /** The folder in which the root was made is not forced. */
    SKIPS_THE_FORCE_ABOVE_THE_ROOT {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                @Override
                public void forceFolder(Path folder) throws IOException {
                    if (folder.getNameCount() > 1) {
                        super.forceFolder(folder);
                    }
                }
            };
        }
    },
    /** A process forces only the folders in which it has changed a name itself, and trusts what others have made. */
    FORCES_ONLY_ITS_OWN_CHANGES {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                private final Set<Path> changed = new HashSet<>();

                @Override
                public void createFolder(Path folder) throws IOException {
                    super.createFolder(folder);
                    changed.add(folder.getParent());
                }

                @Override
                public void link(Path name, Path existing) throws IOException {
                    super.link(name, existing);
                    changed.add(name.getParent());
                }

                @Override
                public void replace(Path from, Path to) throws IOException {
                    super.replace(from, to);
                    changed.add(to.getParent());
                }

                @Override
                public void delete(Path path) throws IOException {
                    super.delete(path);
                    changed.add(path.getParent());
                }

                @Override
                public void forceFolder(Path folder) throws IOException {
                    if (changed.remove(folder)) {
                        super.forceFolder(folder);
                    }
                }
            };
        }
    },
    /** An object is replaced by writing over it. */
    WRITES_IN_PLACE {
        @Override
        FileOperations plantedIn(SimulatedDisk disk) {
            return new ForwardingOperations(disk) {
                @Override
                public void replace(Path from, Path to) throws IOException {
                    byte[] bytes;
                    try (InputStream in = read(from)) {
                        bytes = in.readAllBytes();
                    }
                    try (NewFile file = disk.overwrite(to)) {
                        file.write(ByteBuffer.wrap(bytes));
                        file.force();
                    }
                    delete(from);
                }
            };
        }
    };

    /** What the node sees of a disk. */
    abstract FileOperations plantedIn(SimulatedDisk disk);

    /** A new file that is not forced. */
    private static final class Unforced implements FileOperations.NewFile {
        private final FileOperations.NewFile file;

        Unforced(FileOperations.NewFile file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            file.write(bytes);
        }

        @Override
        public void force() {
            // That is the defect.
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
