package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.serialization.FileBytes.Allowance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Tells from the content of files which framework they are made for; names decide only where a format defines them.
 *
 * <p>Recognised are ONNX, TensorFlow SavedModel, TorchScript, what {@code torch.save} writes, Keras ({@code .keras} and
 * HDF5), scikit-learn and other Python pickles with and without joblib, safetensors, Hugging Face folders, XGBoost,
 * LightGBM, GGUF, Java object streams, and some more; everything else is {@link Framework#UNKNOWN} with a reason.
 *
 * <p><b>Security guarantees:</b> files are only read, never loaded, extracted or run; lengths in them are not trusted;
 * at most 8 MiB of one file and 32 MiB of all are read, beyond the first 512 files none; whatever the bytes are, the
 * only exception is an {@link IOException} of the reading itself. The result depends on paths and content alone.
 * Thread-safe.
 */
public final class FrameworkDetector {
    private static final long ONE_FILE = 8 << 20;
    private static final long ALL_FILES = 32 << 20;
    private static final int MAX_FILES = 512;
    private static final List<Probe> PLAIN = List.of(
            new ZipProbe(),
            new Hdf5Probe(),
            new GgufProbe(),
            new NumpyProbe(),
            new MagicProbe(),
            new SafetensorsProbe(),
            new BoostingProbe(),
            new SavedModelProbe(),
            new OnnxProbe(),
            new PickleProbe());

    private final List<Probe> probes;

    private FrameworkDetector(List<Probe> probes) {
        this.probes = probes;
    }

    /** A detector of all formats. */
    public static FrameworkDetector standard() {
        List<Probe> probes = new ArrayList<>();
        probes.add(new CompressedProbe(PLAIN));
        probes.addAll(PLAIN);
        return new FrameworkDetector(List.copyOf(probes));
    }

    /**
     * Looks at the files of one version.
     *
     * @throws IOException when they cannot be read
     */
    public Detection detect(ModelFiles files) throws IOException {
        List<String> paths = files.paths().stream().sorted(shallowFirst()).toList();
        Map<String, Finding> findings = new TreeMap<>(shallowFirst());
        Allowance all = new Allowance(ALL_FILES, null);
        int skipped = 0;
        for (String path : paths) {
            if (findings.size() >= MAX_FILES || all.spent()) {
                skipped++;
                continue;
            }
            Allowance own = new Allowance(ONE_FILE, all);
            Finding finding = look(files, path, own);
            findings.put(path, finding);
            skipped += own.refused() && finding.confidence() == Confidence.NONE ? 1 : 0;
        }
        Optional<HuggingFaceFolder> folder = HuggingFaceFolder.find(files, findings.keySet());
        return new Verdict(paths, findings, skipped, folder).reach();
    }

    private Finding look(ModelFiles files, String path, Allowance allowance) throws IOException {
        try (FileBytes bytes = new FileBytes(files, path, allowance)) {
            if (bytes.size() == 0) {
                return Finding.unknown("the file is empty");
            }
            for (Probe probe : probes) {
                Optional<Finding> finding = probe.probe(bytes);
                if (finding.isPresent()) {
                    return finding.get();
                }
            }
        } catch (ReadLimitException e) {
            // The allowance remembers that.
        }
        return Finding.unknown(
                allowance.refused()
                        ? "it was not recognised in as much as was looked at"
                        : "its first bytes are those of no format that is known");
    }

    private static Comparator<String> shallowFirst() {
        return Comparator.<String>comparingLong(
                        path -> path.chars().filter(c -> c == '/').count())
                .thenComparing(Comparator.naturalOrder());
    }

    /** The framework alone, for a caller that needs no more. */
    public Framework framework(ModelFiles files) throws IOException {
        return detect(files).framework();
    }
}
