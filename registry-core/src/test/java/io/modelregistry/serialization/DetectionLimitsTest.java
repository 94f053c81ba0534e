package io.modelregistry.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of files is read and done, and what is said about the rest. */
class DetectionLimitsTest {
    private final FrameworkDetector detector = FrameworkDetector.standard();

    @ParameterizedTest
    @ValueSource(ints = {'(', 'N', 0x00, 0x7b, 0x08, 0x80, 0x50})
    void anEndlessFileIsReadOnlyInPart(int filling) throws IOException {
        EndlessFile file = new EndlessFile(position -> filling, 1L << 50);
        Detection found = detector.detect(file);

        assertThat(found.framework()).isIn(Framework.UNKNOWN, Framework.PICKLE);
        assertThat(file.read).hasValueLessThan(9L << 20);
    }

    @Test
    void endlessFilesWithARealBeginningAreReadOnlyInPart() throws IOException {
        for (String resource : HostileFilesTest.SEEDS) {
            byte[] start = TestFiles.resource(resource);
            EndlessFile file = new EndlessFile(position -> position < start.length ? start[position] : 'A', 1L << 50);
            assertThat(detector.detect(file)).isNotNull();
            assertThat(file.read).as(resource).hasValueLessThan(9L << 20);
        }
    }

    @Test
    void aGraphOfEndlessTensorsIsLookedAtUpToTheLimit() throws IOException {
        byte[] start = TestFiles.bytes(8, 8, 0x3a, 0x80, 0x80, 0x80, 0x80, 0x10);
        byte[] tensor = TestFiles.join(TestFiles.bytes(0x2a, 0x80, 0x40, 0x4a, 0xfd, 0x3f), new byte[8189]);
        long graph = 0x10L << 28;
        EndlessFile file = new EndlessFile(
                at -> at < start.length ? start[at] : tensor[(at - start.length) % tensor.length],
                graph + start.length);
        Detection found = detector.detect(file);

        assertThat(found.framework()).isEqualTo(Framework.ONNX);
        assertThat(found.reason()).contains("at least 0 nodes");
        assertThat(found.damage()).isEmpty();
        assertThat(file.read).hasValueLessThan(9L << 20);
    }

    @Test
    void readingStopsAtTheLimitOfTheFileAndOfAllFiles() throws IOException {
        EndlessFile file = new EndlessFile(at -> 0, 1L << 40);
        FileBytes.Allowance all = new FileBytes.Allowance(5_000, null);
        try (FileBytes bytes = new FileBytes(file, "m", new FileBytes.Allowance(3_000, all))) {
            assertThat(bytes.read(0, 2_000)).hasSize(2_000);
            assertThatThrownBy(() -> bytes.read(4_000, 2_000)).isInstanceOf(ReadLimitException.class);
            assertThat(bytes.read(4_000, 900)).hasSize(900);
        }
        try (FileBytes bytes = new FileBytes(file, "m", new FileBytes.Allowance(3_000, all))) {
            assertThatThrownBy(() -> bytes.read(0, 2_900)).isInstanceOf(ReadLimitException.class);
        }
        assertThat(file.read).hasValue(2_900);
    }

    @Test
    void moreFilesThanAreLookedAtMakeTheSafetyUnknown() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        for (int i = 0; i < 600; i++) {
            files.put("assets/%s.txt".formatted(i), TestFiles.ascii("text"));
        }
        files.put("m.onnx", TestFiles.resource("fixtures/identity.onnx"));
        Detection found = detector.detect(ModelFiles.of(files));

        assertThat(found.framework()).isEqualTo(Framework.ONNX.withVersion("opset13"));
        assertThat(found.safety()).isEqualTo(LoadSafety.UNKNOWN);
        assertThat(found.warnings()).contains("89 of 601 files were not looked at, or not far enough to be recognised");
    }

    @Test
    void aFileThatWhatAllMayReadDoesNotReachForIsNotPassedOver() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        byte[] layers = Arrays.copyOf(TestFiles.resource("formats/k-earliest.h5"), 4 << 20);
        for (int i = 0; i < 7; i++) {
            files.put(i + ".h5", layers);
        }
        Detection sound = detector.detect(ModelFiles.of(files));
        assertThat(sound.safety()).isEqualTo(LoadSafety.DATA_ONLY);
        assertThat(sound.warnings()).noneMatch(warning -> warning.contains("not looked at"));

        files.put("last.h5", Arrays.copyOf(TestFiles.resource("formats/k-lambda.h5"), 4 << 20));
        Detection found = detector.detect(ModelFiles.of(files));
        assertThat(found.framework().name()).isEqualTo("keras");
        assertThat(found.safety()).isEqualTo(LoadSafety.UNKNOWN);
        assertThat(found.warnings()).contains("1 of 8 files were not looked at, or not far enough to be recognised");
    }

    @Test
    void filesThatExhaustTheReadingWithoutBeingRecognisedAreMentioned() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        byte[] plain = Arrays.copyOf(TestFiles.resource("formats/plain.h5"), 4 << 20);
        for (int i = 0; i < 20; i++) {
            files.put(i + ".h5", plain);
        }
        assertThat(detector.detect(ModelFiles.of(files)).warnings())
                .contains("13 of 20 files were not looked at, or not far enough to be recognised");
    }

    /** Where a configuration may begin it is parsed, so a file full of beginnings must not be parsed over and over. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"", "{\"a\":{\"", "{\"class_name\":\"X\"}{\"", "{\"a\":[1"})
    void anHdf5FileFullOfBeginningsCostsLittle(String beginning) throws IOException {
        byte[] start = Arrays.copyOf(TestFiles.resource("formats/plain.h5"), 1000);
        byte[] end = TestFiles.ascii("x".repeat(3 << 20));
        byte[] file = TestFiles.join(start, TestFiles.ascii("model_config" + beginning.repeat(5000)), end);
        detector.detect(ModelFiles.of("m.h5", file));
        com.sun.management.ThreadMXBean thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        Detection found = detector.detect(ModelFiles.of("m.h5", file));

        assertThat(found.safety()).isEqualTo(LoadSafety.UNKNOWN);
        assertThat(thread.getCurrentThreadAllocatedBytes() - before)
                .as("bytes for a file of " + file.length)
                .isLessThan(128L << 20);
    }

    @Test
    void aConfigurationBehindManyBeginningsIsNotCalledData() throws IOException {
        String decoy = "{\"class_name\":\"Sequential\"}";
        byte[] file = TestFiles.join(
                Arrays.copyOf(TestFiles.resource("formats/plain.h5"), 1000),
                TestFiles.ascii("model_config" + decoy.repeat(100)),
                TestFiles.ascii("{\"class_name\":\"Lambda\"}"));
        assertThat(detector.detect(ModelFiles.of("m.h5", file)).safety()).isNotEqualTo(LoadSafety.DATA_ONLY);
    }

    /** One file of a size that no disk has; counts what is read of it. */
    private static final class EndlessFile implements ModelFiles {
        private final IntUnaryOperator bytes;
        private final long size;
        final AtomicLong read = new AtomicLong();

        EndlessFile(IntUnaryOperator bytes, long size) {
            this.bytes = bytes;
            this.size = size;
        }

        @Override
        public List<String> paths() {
            return List.of("m");
        }

        @Override
        public long size(String path) {
            return size;
        }

        @Override
        public InputStream open(String path, long offset) {
            return new InputStream() {
                private long at = offset;

                @Override
                public int read() {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] target, int from, int length) {
                    int available = (int) Math.min(length, size - at);
                    for (int i = 0; i < available; i++) {
                        target[from + i] = (byte) bytes.applyAsInt((int) Math.min(Integer.MAX_VALUE, at++));
                    }
                    read.addAndGet(available);
                    return available == 0 && length > 0 ? -1 : available;
                }
            };
        }
    }
}
