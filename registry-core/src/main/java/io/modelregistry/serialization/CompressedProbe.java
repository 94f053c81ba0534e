package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * Compressed streams, as joblib writes them around a pickle; a bounded beginning is decompressed and looked at in its
 * turn.
 */
final class CompressedProbe implements Probe {
    private static final int MAX_INPUT = 3 << 20;
    private static final int MAX_OUTPUT = 6 << 20;

    /** Before 0.10 joblib wrote the letters ZF, the size in hexadecimal with spaces, and a zlib stream. */
    private static final int ZFILE_HEADER = 21;

    private final List<Probe> inside;

    CompressedProbe(List<Probe> inside) {
        this.inside = List.copyOf(inside);
    }

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        Optional<String> compression = compression(bytes);
        if (compression.isEmpty()) {
            return Optional.empty();
        }
        String name = compression.get();
        int start = name.equals("zfile") ? ZFILE_HEADER : 0;
        byte[] input = bytes.read(start, (int) Math.min(bytes.size() - start, MAX_INPUT));
        boolean inputCut = start + input.length < bytes.size() || bytes.cut();
        Beginning beginning = decompress(name, input);
        ByteSource content = beginning.content();
        bytes.charge(content.size());
        if (content.size() == 0) {
            return name.equals("zlib") ? Optional.empty() : Optional.of(unseen(name, beginning));
        }
        for (Probe probe : inside) {
            Optional<Finding> found = probe.probe(content);
            if (found.isPresent()) {
                return Optional.of(around(name, found.get(), beginning, inputCut));
            }
        }
        if (name.equals("zlib") && content.cut()) {
            return Optional.empty();
        }
        return Optional.of(Finding.unknown("it is compressed with " + name + ", and nothing known is inside"));
    }

    private static Optional<String> compression(ByteSource bytes) throws IOException {
        if (bytes.startsWith(0, 0x1f, 0x8b, 8)) {
            return Optional.of("gzip");
        }
        if (bytes.startsWith(0, "ZF0x") && bytes.size() > ZFILE_HEADER) {
            return Optional.of("zfile");
        }
        long header = (Math.max(0, bytes.number(0, 1)) << 8) | Math.max(0, bytes.number(1, 1));
        if (header >>> 8 == 0x78 && header % 31 == 0) {
            return Optional.of("zlib");
        }
        if (bytes.startsWith(0, 'B', 'Z', 'h') && bytes.startsWith(4, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59)) {
            return Optional.of("bzip2");
        }
        if (bytes.startsWith(0, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return Optional.of("xz");
        }
        if (bytes.startsWith(0, 0x5d, 0, 0) && bytes.startsWith(13, 0)) {
            return Optional.of("lzma");
        }
        return bytes.startsWith(0, 4, 0x22, 0x4d, 0x18) ? Optional.of("lz4") : Optional.empty();
    }

    private static Beginning decompress(String compression, byte[] input) {
        InputStream stream = new ByteArrayInputStream(input);
        try {
            return switch (compression) {
                case "gzip" -> readUpTo(new GZIPInputStream(stream));
                case "zlib", "zfile" -> readUpTo(new InflaterInputStream(stream));
                case "bzip2" -> Bzip2Stream.decompress(input, MAX_OUTPUT);
                case "xz" -> LzmaStream.xz(input, MAX_OUTPUT);
                case "lzma" -> LzmaStream.alone(input, MAX_OUTPUT);
                default -> Beginning.nothing("it cannot be decompressed here");
            };
        } catch (IOException e) {
            return Beginning.nothing(String.valueOf(e.getMessage()));
        }
    }

    /** Reads a stream over memory: its only failures are those of the compressed bytes, which end it. */
    private static Beginning readUpTo(InputStream stream) {
        byte[] out = new byte[MAX_OUTPUT];
        int length = 0;
        String problem = "";
        boolean finished = false;
        try (stream) {
            while (length < out.length && !finished) {
                int got = stream.read(out, length, out.length - length);
                finished = got < 0;
                length += Math.max(0, got);
            }
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        return new Beginning(ByteSource.of(Arrays.copyOf(out, length), !finished), problem);
    }

    private static Finding around(String compression, Finding inner, Beginning beginning, boolean inputCut) {
        boolean python =
                inner.safety() == LoadSafety.EXECUTES_CODE && !inner.framework().sameNameAs(Framework.JAVA);
        if (!python) {
            return Finding.unknown("it is compressed with " + compression + "; inside is " + inner.format()
                    + ", which its framework reads" + " only after it was decompressed");
        }
        Finding finding =
                inner.inside("joblib+" + compression, "compressed with " + compression + ", " + inner.reason());
        if (!beginning.problem().isEmpty() && !inputCut) {
            finding.unsure().damage("its " + compression + " stream stops making sense: " + beginning.problem());
        }
        return finding;
    }

    private static Finding unseen(String compression, Beginning beginning) {
        return Finding.unknown("it is compressed with " + compression
                + ", as joblib's pickles may be, and nothing could be decompressed: " + beginning.problem());
    }
}
