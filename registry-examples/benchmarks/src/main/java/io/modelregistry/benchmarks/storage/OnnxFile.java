package io.modelregistry.benchmarks.storage;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes models of random weights, so that no large files need to be kept. The field numbers are those of onnx.proto; a
 * graph may come in pieces, since readers of Protocol Buffers merge them, and so no weights are held in memory.
 */
public final class OnnxFile implements AutoCloseable {
    private static final int FLOAT = 1;
    private static final int BLOCK = 1 << 16;

    private final OutputStream out;
    private final Random random = new Random(7);

    private OnnxFile(Path path) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(path));
    }

    /**
     * Three hidden layers of 512 units, 2.2 MB.
     *
     * @param rows of 512 numbers each, 2 KiB, in a table of which a prediction looks one up; 0 for no table
     */
    public static void perceptron(Path path, int rows) throws IOException {
        int[] widths = {30, 512, 512, 512, 3};
        try (OnnxFile file = new OnnxFile(path)) {
            file.header();
            String last = "input";
            for (int i = 1; i < widths.length; i++) {
                boolean isLast = i == widths.length - 1;
                file.weights("w" + i, widths[i - 1], widths[i]);
                file.weights("b" + i, 1, widths[i]);
                file.node("Gemm", isLast ? "output" : "sum" + i, last, "w" + i, "b" + i);
                if (!isLast) {
                    file.node("Relu", "layer" + i, "sum" + i);
                }
                last = "layer" + i;
            }
            file.interfaceTo(11, "input", widths[0]);
            file.interfaceTo(12, "output", widths[widths.length - 1]);
            if (rows > 0) {
                file.weights("table", rows, widths[1]);
                file.node("ArgMax", "index", "output"); // Along the rows: one index for each output.
                file.node("Gather", "found", "table", "index");
                file.node("ReduceMax", "row", "found");
                file.interfaceTo(12, "row", 1, 1, 1);
            }
        }
    }

    private void header() throws IOException {
        out.write(new Message().number(1, 8).bytes());
        out.write(new Message().message(8, new Message().number(2, 13)).bytes());
        graph(new Message().text(2, "perceptron"));
    }

    private void graph(Message piece) throws IOException {
        out.write(new Message().message(7, piece).bytes());
    }

    private void node(String operator, String output, String... inputs) throws IOException {
        Message node = new Message();
        for (String input : inputs) {
            node.text(1, input);
        }
        graph(new Message()
                .message(1, node.text(2, output).text(3, output + "-node").text(4, operator)));
    }

    private void interfaceTo(int field, String name, int... sizes) throws IOException {
        Message shape = new Message();
        if (sizes.length == 1) {
            shape.message(1, new Message().text(2, "batch"));
        }
        for (int size : sizes) {
            shape.message(1, new Message().number(1, size));
        }
        Message tensor = new Message().number(1, FLOAT).message(2, shape);
        graph(new Message().message(field, new Message().text(1, name).message(2, new Message().message(1, tensor))));
    }

    private void weights(String name, int rows, int columns) throws IOException {
        int size = Math.multiplyExact(Math.multiplyExact(rows, columns), Float.BYTES);
        byte[] begin = new Message()
                .number(1, rows)
                .number(1, columns)
                .number(2, FLOAT)
                .text(8, name)
                .begin(9, size)
                .bytes();
        byte[] tensor = new Message().begin(5, begin.length + size).bytes();
        out.write(new Message().begin(7, tensor.length + begin.length + size).bytes());
        out.write(tensor);
        out.write(begin);
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (int left = size; left > 0; left -= block.limit()) {
            block.clear().limit(Math.min(BLOCK, left));
            while (block.hasRemaining()) {
                block.putFloat((random.nextFloat() - 0.5f) / 8);
            }
            out.write(block.array(), 0, block.limit());
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A message under construction. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            return varint((long) field << 3).varint(value);
        }

        Message text(int field, String value) {
            return delimited(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return delimited(field, value.bytes());
        }

        private Message delimited(int field, byte[] value) {
            begin(field, value.length).out.writeBytes(value);
            return this;
        }

        /** The beginning of a field whose bytes are written elsewhere. */
        Message begin(int field, int length) {
            return varint(((long) field << 3) | 2).varint(length);
        }

        private Message varint(long value) {
            long rest = value;
            for (; rest > 0x7f; rest >>>= 7) {
                out.write((int) ((rest & 0x7f) | 0x80));
            }
            out.write((int) rest);
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
