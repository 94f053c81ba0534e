package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The formats that are ZIP archives: TorchScript, what {@code torch.save} writes, {@code .keras}, and NumPy's
 * {@code .npz}.
 */
final class ZipProbe implements Probe {
    private static final int MAX_PICKLE = 2 << 20;
    private static final int MAX_JSON = 2 << 20;
    private static final int MAX_SMALL = 4 << 10;
    private static final int MAX_ARRAYS = 64;

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        if (!bytes.startsWith(0, 'P', 'K', 3, 4)) {
            return Optional.empty();
        }
        Optional<ZipDirectory> found = ZipDirectory.find(bytes);
        if (found.isEmpty()) {
            return Optional.of(withoutDirectory(bytes));
        }
        ZipDirectory zip = found.get();
        Finding finding = recognised(zip);
        if (!zip.complete()) {
            finding.unsure()
                    .atLeast(LoadSafety.UNKNOWN)
                    .warn("its directory is larger than what was looked at, or does not add up");
        }
        Set<String> names = new HashSet<>();
        for (ZipDirectory.Entry entry : zip.entries()) {
            if (!names.add(entry.name())) {
                finding.atLeast(LoadSafety.UNKNOWN)
                        .warn("it has two entries named '" + Finding.printable(entry.name())
                                + "', of which loaders choose differently");
            }
        }
        return Optional.of(finding);
    }

    private static Finding recognised(ZipDirectory zip) throws IOException {
        Optional<ZipDirectory.Entry> pickle = zip.entries().stream()
                .filter(e -> e.name().equals("data.pkl") || e.name().endsWith("/data.pkl"))
                .findFirst();
        if (pickle.isPresent()) {
            return torch(zip, pickle.get());
        }
        Optional<ZipDirectory.Entry> config = zip.find("config.json");
        boolean weights = zip.entries().stream().anyMatch(e -> e.name().startsWith("model.weights."));
        if (config.isPresent() && (weights || zip.find("metadata.json").isPresent())) {
            return keras(zip, config.get(), weights);
        }
        List<ZipDirectory.Entry> entries = zip.entries();
        if (!entries.isEmpty() && entries.stream().allMatch(e -> e.name().endsWith(".npy"))) {
            return arrays(zip);
        }
        return Finding.unknown("it is a zip archive of " + entries.size() + " entries in no layout that is known"
                + (entries.isEmpty()
                        ? ""
                        : "; the first is '" + Finding.printable(entries.get(0).name()) + "'"));
    }

    /**
     * Both kinds pickle an object; TorchScript adds code in its own language, and its loader reads the pickle without
     * Python.
     */
    private static Finding torch(ZipDirectory zip, ZipDirectory.Entry pickle) throws IOException {
        String folder = pickle.name().substring(0, pickle.name().length() - "data.pkl".length());
        boolean constants = zip.find(folder + "constants.pkl").isPresent();
        boolean code = zip.entries().stream().anyMatch(e -> e.name().startsWith(folder + "code/"));
        Optional<ByteSource> content = zip.content(pickle, MAX_PICKLE);
        PickleContents contents = content.isPresent() ? PickleContents.of(content.get()) : PickleContents.none();
        Finding finding = constants && code ? script(contents) : TorchPickles.saved(contents);
        finding.imports(contents.imports());
        Optional<ZipDirectory.Entry> version = zip.find(folder + "version");
        if (version.isPresent()) {
            Optional<ByteSource> text = zip.content(version.get(), MAX_SMALL);
            finding.detail(
                    "archive_version",
                    text.isPresent() ? text.get().latin(0, 16).strip() : "");
        }
        if (content.isEmpty()) {
            finding.unsure().damage("its entry '" + pickle.name() + "' cannot be read");
        } else if (contents.broken() && !content.get().cut()) {
            finding.unsure().damage("its entry '" + pickle.name() + "' stops making sense: " + contents.problem());
        }
        return finding;
    }

    private static Finding script(PickleContents contents) {
        Finding finding = Finding.certain(
                Framework.TORCHSCRIPT,
                "torchscript",
                LoadSafety.DATA_ONLY,
                "it is a zip archive with code/, constants.pkl and data.pkl");
        finding.warn(
                "its program runs in the engine, with the operators that the engine has: load it from sources you trust");
        contents.imports().stream()
                .filter(name -> name.startsWith("__torch__."))
                .findFirst()
                .ifPresent(finding::modelType);
        List<String> foreign = contents.imports().stream()
                .filter(name -> !name.startsWith("__torch__.") && !TorchPickles.isPlain(name))
                .toList();
        if (!foreign.isEmpty()) {
            finding.atLeast(LoadSafety.EXECUTES_CODE)
                    .warn("its data name '" + foreign.get(0) + "', which no TorchScript needs");
        }
        return finding;
    }

    private static Finding keras(ZipDirectory zip, ZipDirectory.Entry config, boolean weights) throws IOException {
        Finding finding = Finding.certain(
                Framework.KERAS,
                "keras",
                LoadSafety.DATA_ONLY,
                "it is a zip archive with config.json and the weights beside it");
        Optional<ByteSource> text = zip.content(config, MAX_JSON);
        if (text.isPresent()) {
            KerasConfig.of(text.get()).describe(finding);
        } else {
            finding.unsure().atLeast(LoadSafety.UNKNOWN).damage("its config.json cannot be read");
        }
        Optional<ZipDirectory.Entry> metadata = zip.find("metadata.json");
        if (metadata.isPresent()) {
            Optional<ByteSource> content = zip.content(metadata.get(), MAX_SMALL);
            if (content.isPresent()) {
                JsonGlance.of(content.get()).text("keras_version").ifPresent(finding::version);
            }
        }
        if (!weights) {
            finding.unsure().damage("it has no model.weights file");
        }
        return finding;
    }

    private static Finding arrays(ZipDirectory zip) throws IOException {
        Finding finding = Finding.certain(
                Framework.of("numpy"),
                "npz",
                LoadSafety.DATA_ONLY,
                "it is a zip archive of " + zip.entries().size() + " NumPy arrays");
        int seen = 0;
        for (ZipDirectory.Entry entry : zip.entries()) {
            if (++seen > MAX_ARRAYS) {
                return finding.atLeast(LoadSafety.UNKNOWN)
                        .warn("only its first " + MAX_ARRAYS + " arrays were looked at");
            }
            Optional<ByteSource> content = zip.content(entry, MAX_SMALL);
            Optional<Finding> array = content.isPresent() ? NumpyProbe.array(content.get()) : Optional.empty();
            if (array.isEmpty()) {
                finding.unsure().atLeast(LoadSafety.UNKNOWN).damage("its entry '" + entry.name() + "' is no array");
            } else {
                finding.atLeast(array.get().safety());
                array.get().warnings().forEach(finding::warn);
            }
        }
        return finding;
    }

    /** What a truncated archive still tells: the name of its first entry. */
    private static Finding withoutDirectory(ByteSource bytes) throws IOException {
        int nameLength = (int) Math.max(0, bytes.number(26, 2));
        String first = bytes.utf8(30, nameLength);
        String damage = "it is a zip archive without a directory: truncated or corrupt";
        if (first.endsWith("/data.pkl") || first.contains("/data/")) {
            return Finding.likely(
                            Framework.PYTORCH,
                            "torch-zip",
                            LoadSafety.EXECUTES_CODE,
                            "it is a zip archive whose first entry is '" + Finding.printable(first) + "'")
                    .warn(TorchPickles.WARNING)
                    .damage(damage);
        }
        return Finding.unknown("it is a zip archive without a directory").damage(damage);
    }
}
