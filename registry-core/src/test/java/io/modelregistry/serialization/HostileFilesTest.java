package io.modelregistry.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that were written to run code, to exhaust the process, to crash the detection, or to look like something else.
 */
class HostileFilesTest {
    static final List<String> SEEDS = List.of(
            "fixtures/identity.onnx",
            "fixtures/digits-mlp-external.onnx",
            "fixtures/cancer-logistic-zipmap.onnx",
            "fixtures/cancer-logistic.joblib",
            "fixtures/cancer-logistic.pkl",
            "fixtures/plain-dict.pkl",
            "fixtures/digits-mlp-savedmodel/saved_model.pb",
            "formats/lr-p0.pkl",
            "formats/lr-p1.pkl",
            "formats/lr-p2.pkl",
            "formats/lr-zlib.joblib",
            "formats/lr-gzip.joblib",
            "formats/lr-bz2.joblib",
            "formats/lr-lzma.joblib",
            "formats/lr-xz.joblib",
            "formats/obj.joblib",
            "formats/rf.joblib",
            "formats/x.json",
            "formats/x.ubj",
            "formats/k-earliest.h5",
            "formats/k-lambda.h5",
            "formats/o.npy",
            "formats/z.npz");

    private final FrameworkDetector detector = FrameworkDetector.standard();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cos\\nsystem\\n(S'touch %s'\\ntR. | os.system",
                "(S'touch %s'\\nios\\nsystem\\n. | os.system",
                "(cposix\\nsystem\\nS'touch %s'\\no. | posix.system",
                "\u0080\u0002csubprocess\\ncall\\nX\u0004\\0\\0\\0true\u0085R. | subprocess.call",
                "\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093\u008c\u0004true\u0085R. | posix.system",
                "\u0080\u0004\u008c\u0005posix\u0094\u008c\u0006system\u0094h\\0h\u0001\u0093\u008c\u0004true\u0085R. | posix.system",
                "\u0080\u0003cbuiltins\\neval\\nX\u0001\\0\\0\\01\u0085R0garbage that no loader reaches | builtins.eval",
            })
    void picklesThatRunCodeAreLabelledAndNeverRun(String script, String imported, @TempDir Path folder)
            throws IOException {
        Path canary = folder.resolve("canary");
        String content = script.replace("\\n", "\n").replace("\\0", "\0").replace("%s", canary.toString());
        Path file = Files.write(folder.resolve("model.onnx"), TestFiles.ascii(content));
        Detection found = detector.detect(ModelFiles.of(file));

        assertThat(found.framework()).isEqualTo(Framework.PICKLE);
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(found.imports()).containsExactly(imported);
        assertThat(found.warnings()).contains("it imports what no known library needs: " + imported);
        assertThat(canary).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "N.B. this is a text",
                "I am a text\nof two lines\n.",
                "(see below).",
                "cats\nand\ndogs\n",
                "]",
                ".",
                "a,b\n1,2\n",
                "0.5\n0.25\n",
                "{\"json\": true}",
                "S'quoted text'\n",
                "]]]]]]]]",
                "((((((((",
                "}}}}u",
                "cold and warm\nwet and dry\n)R."
            })
    void textsAreNoPickles(String text) throws IOException {
        assertThat(detector.detect(ModelFiles.of("m.pkl", TestFiles.ascii(text)))
                        .framework())
                .isEqualTo(Framework.UNKNOWN);
    }

    @Test
    void arraysOfObjectsInNumpyFilesAreNotCalledData() throws IOException {
        for (String type : List.of("'|O'", "'|O8'", "'O'", "[('a', '<f8'), ('b', '|O')]", "\"O\"", "('O', (2,))")) {
            String header = "{'descr': " + type + ", 'fortran_order': False, 'shape': (1,), }\n";
            byte[] file = TestFiles.join(
                    TestFiles.bytes(0x93),
                    TestFiles.ascii("NUMPY"),
                    TestFiles.bytes(1, 0),
                    TestFiles.number(header.length(), 2),
                    TestFiles.ascii(header));
            assertThat(detector.detect(ModelFiles.of("m", file)).safety())
                    .as(type)
                    .isEqualTo(LoadSafety.EXECUTES_CODE);
            byte[] archive = TestFiles.zip(Map.of("a.npy", file));
            assertThat(detector.detect(ModelFiles.of("m", archive)).safety())
                    .as(type)
                    .isEqualTo(LoadSafety.EXECUTES_CODE);
        }
    }

    @Test
    void aTorchScriptWithAForeignImportIsLabelled() throws IOException {
        byte[] file = TestFiles.zipOfTexts(
                "m/data.pkl", "\u0080\u0002cos\nsystem\nX\u0004\0\0\0true\u0085R.",
                "m/constants.pkl", "\u0080\u0002).",
                "m/code/__torch__.py", "");
        Detection found = detector.detect(ModelFiles.of("m.pt", file));

        assertThat(found.framework()).isEqualTo(Framework.TORCHSCRIPT);
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(found.warnings()).contains("its data name 'os.system', which no TorchScript needs");
    }

    @Test
    void codeWithoutConstantsIsNoTorchScript() throws IOException {
        byte[] file = TestFiles.zipOfTexts("m/data.pkl", "\u0080\u0002cos\nsystem\n.", "m/code/__torch__.py", "");
        Detection found = detector.detect(ModelFiles.of("m.pt", file));

        assertThat(found.framework()).isEqualTo(Framework.PYTORCH);
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
        assertThat(found.warnings()).contains("it imports what no known library needs: os.system");
    }

    @Test
    void anOldTorchFileIsFollowedThroughItsPickles() throws IOException {
        byte[] file = TestFiles.join(
                TestFiles.bytes(0x80, 2, 0x8a, 10),
                TorchPickles.magic(),
                TestFiles.ascii("."),
                TestFiles.bytes(0x80, 2, 'M', 0xe9, 3, '.'),
                TestFiles.bytes(0x80, 2, '}', '.'),
                TestFiles.bytes(0x80, 2),
                TestFiles.ascii("cos\nsystem\nX\u0004\0\0\0true\u0085R."));
        Detection found = detector.detect(ModelFiles.of("m.pt", file));

        assertThat(found.framework()).isEqualTo(Framework.PYTORCH);
        assertThat(found.format()).isEqualTo("torch-legacy");
        assertThat(found.imports()).containsExactly("os.system");
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
    }

    @Test
    void twoEntriesOfOneNameAreReported() throws IOException {
        byte[] file = TestFiles.zipOfTexts(
                "config.json", "{}", "confih.json", "{\"class_name\":\"Lambda\"}", "model.weights.h5", "");
        String twice = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1).replace("confih", "config");
        Detection found = detector.detect(ModelFiles.of("m", TestFiles.ascii(twice)));

        assertThat(found.safety()).isNotEqualTo(LoadSafety.DATA_ONLY);
        assertThat(found.warnings())
                .contains("it has two entries named 'config.json', of which loaders choose differently");
    }

    @Test
    void aZipBombIsNotInflated() throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.writeBytes(TestFiles.bytes(0x80, 2));
        pickle.writeBytes(new byte[64 << 20]);
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("m/data.pkl", pickle.toByteArray());
        entries.put("m/version", new byte[16 << 20]);
        byte[] file = TestFiles.zip(entries);
        assertThat(file).hasSizeLessThan(200_000);
        Detection found = detector.detect(ModelFiles.of("m.pt", file));

        assertThat(found.framework()).isEqualTo(Framework.PYTORCH);
        assertThat(found.safety()).isEqualTo(LoadSafety.EXECUTES_CODE);
    }

    @Test
    void aCompressedPickleBombIsNotInflated() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            out.write(TestFiles.ascii("\u0080\u0002cos\nsystem\n"));
            byte[] marks = new byte[1 << 20];
            Arrays.fill(marks, (byte) '(');
            for (int i = 0; i < 64; i++) {
                out.write(marks);
            }
        }
        Detection found = detector.detect(ModelFiles.of("m", bytes.toByteArray()));

        assertThat(found.format()).isEqualTo("joblib+zlib");
        assertThat(found.imports()).containsExactly("os.system");
        assertThat(found.warnings())
                .contains("only its beginning was looked at: its stack grows beyond 100000 entries");
    }

    @Test
    void picklesThatGrowWithoutEndAreLeft() throws IOException {
        for (String growing : List.of("2", "\u0094", "(", "]\u0094")) {
            byte[] file = TestFiles.ascii("\u0080\u0004N" + growing.repeat(2_000_000));
            Detection found = detector.detect(ModelFiles.of("m", file));
            assertThat(found.framework()).isEqualTo(Framework.PICKLE);
            assertThat(found.warnings()).anyMatch(w -> w.startsWith("only its beginning was looked at: it"));
        }
    }

    @Test
    void lengthsThatLieAreNotBelieved() throws IOException {
        byte[] huge = TestFiles.number(Long.MAX_VALUE, 8);
        List<byte[]> files = List.of(
                TestFiles.join(TestFiles.bytes(0x80, 4, 0x8d), huge, TestFiles.ascii("x.")),
                TestFiles.join(TestFiles.bytes(0x80, 4, 0x8e), TestFiles.number(-1, 8), TestFiles.ascii("x.")),
                TestFiles.join(
                        TestFiles.bytes(0x80, 2, 0x8b), TestFiles.number(0xffff_ffffL, 4), TestFiles.ascii("x.")),
                TestFiles.join(ascending(8), TestFiles.ascii("{\"")),
                TestFiles.join(
                        TestFiles.number(99_999_999, 8),
                        TestFiles.ascii("{\"a\":{\"data_offsets\":[0,99999999999999999999]}}")),
                TestFiles.join(TestFiles.ascii("GGUF"), TestFiles.number(3, 4), huge, huge, huge, huge),
                TestFiles.join(
                        TestFiles.ascii("GGUF"),
                        TestFiles.number(3, 4),
                        huge,
                        huge,
                        TestFiles.number(1, 8),
                        TestFiles.ascii("k"),
                        TestFiles.number(9, 4),
                        TestFiles.number(12, 4),
                        TestFiles.number(Long.MAX_VALUE / 8, 8)),
                TestFiles.join(
                        TestFiles.bytes(8, 8, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), new byte[9]),
                TestFiles.join(
                        TestFiles.bytes(0x12, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x0a, 0xff, 0x7f, 0x22, 5),
                        TestFiles.ascii("serve")),
                TestFiles.join(TestFiles.bytes(0xac, 0xed, 0, 5, 0x73, 0x72, 0xff, 0xff), TestFiles.ascii("x")));
        for (byte[] file : files) {
            Detection found = detector.detect(ModelFiles.of("m", file));
            assertThat(found.confidence()).as(found.toString()).isNotEqualTo(Confidence.CERTAIN);
        }
    }

    /** Found by the long test: guessing the encoding failed with an error that is not one of JSON. */
    @Test
    void aDocumentThatLooksLikeAnotherEncodingIsNoFailureOfReading() throws IOException {
        byte[] file = TestFiles.bytes('{', 0, 0, 0, 0, 0, 4, 0x6d, '"', 0, 'a', 0);
        assertThat(detector.detect(ModelFiles.of("config.json", file)).framework())
                .isEqualTo(Framework.UNKNOWN);
    }

    @Test
    void textOfFilesCannotForgeLines() throws IOException {
        String key = "general.architecture";
        String value = "llama\nWARN forged\u001b[31m" + "x".repeat(1000);
        byte[] file = TestFiles.join(
                TestFiles.ascii("GGUF"),
                TestFiles.number(3, 4),
                TestFiles.number(0, 8),
                TestFiles.number(1, 8),
                TestFiles.number(key.length(), 8),
                TestFiles.ascii(key),
                TestFiles.number(8, 4),
                TestFiles.number(value.length(), 8),
                TestFiles.ascii(value));
        Detection found = detector.detect(ModelFiles.of("m", file));

        assertThat(found.modelType().orElseThrow())
                .startsWith("llama?WARN forged?[31mxxx")
                .hasSizeLessThan(210);
    }

    @Test
    void damagedFilesNeverCrashTheDetection() {
        fuzz(60, 0x5eed);
    }

    @Test
    @Tag("long")
    void damagedFilesNeverCrashTheDetectionInManyMoreWays() {
        fuzz(5_000, 0x5eed5eedL);
    }

    @Test
    void truncatedFilesNeverCrashTheDetection() {
        for (String resource : SEEDS) {
            byte[] content = TestFiles.resource(resource);
            int step = Math.max(1, content.length / 60);
            for (int length = 0; length < content.length; length += step) {
                detectTwice(Arrays.copyOf(content, length), resource + " cut to " + length);
            }
        }
    }

    private void fuzz(int rounds, long seed) {
        for (String resource : SEEDS) {
            byte[] original = TestFiles.resource(resource);
            for (int round = 0; round < rounds; round++) {
                long own = seed + 31L * round + resource.hashCode();
                Random random = new Random(own);
                detectTwice(mutated(original, random), resource + " with seed " + own);
            }
        }
        for (int round = 0; round < rounds; round++) {
            Random random = new Random(seed - round);
            byte[] noise = new byte[random.nextInt(5_000)];
            random.nextBytes(noise);
            detectTwice(noise, "noise with seed " + (seed - round));
        }
    }

    /** The same bytes give the same answer; anything but an answer fails the test with its description. */
    private void detectTwice(byte[] content, String description) {
        try {
            Detection first = detector.detect(ModelFiles.of("m", content));
            Detection second = detector.detect(ModelFiles.of("m", content));
            assertThat(second).as(description).hasToString(first.toString());
            assertThat(second.warnings()).as(description).isEqualTo(first.warnings());
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError(description, e);
        }
    }

    private static byte[] mutated(byte[] original, Random random) {
        byte[] changed = original.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(5)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> changed = Arrays.copyOf(changed, Math.max(1, at));
                case 3 -> Arrays.fill(changed, at, Math.min(changed.length, at + 1 + random.nextInt(9)), (byte) 0xff);
                default -> {
                    int from = random.nextInt(changed.length);
                    int length = Math.min(random.nextInt(64), changed.length - Math.max(at, from));
                    System.arraycopy(changed, from, changed, at, length);
                }
            }
        }
        return changed;
    }

    private static byte[] ascending(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
