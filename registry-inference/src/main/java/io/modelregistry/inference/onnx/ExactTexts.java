package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Texts that the runtime's Java interface would change on their way, as constants of a model made for them.
 *
 * <p>That interface goes through JNI's modified UTF-8, which writes characters beyond U+FFFF and NUL in another way
 * than UTF-8, so that the model would compare other bytes than those of its own texts. A model file holds true UTF-8.
 * Making one costs a fraction of a millisecond, so other texts do not come here.
 *
 * <p>Back it reads UTF-8 as if it were the modified one, and from the first character beyond U+FFFF on takes each byte
 * for a character. The text is lost, but the runtime can tell it from one that only looks like that.
 */
final class ExactTexts implements AutoCloseable {
    private static final int STRING = 8;
    private static final int BOOL = 9;

    /** Bytes of one character of UTF-8 beyond U+FFFF, each as a character; the end of the text may cut them short. */
    private static final Pattern FOUR_BYTES = Pattern.compile("[\\xf0-\\xf4](?:[\\x80-\\xbf]|\\z)");

    private final SessionOptions options = new SessionOptions();
    private final OrtSession session;
    private final OrtSession.Result result;

    ExactTexts(OrtEnvironment environment, List<String> texts, long[] sizes) throws OrtException {
        this(environment, constantModel(texts, sizes), Map.of());
    }

    private ExactTexts(OrtEnvironment environment, byte[] model, Map<String, OnnxTensor> inputs) throws OrtException {
        try {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setCPUArenaAllocator(false);
            session = environment.createSession(model, options);
        } catch (OrtException e) {
            options.close();
            throw e;
        }
        try {
            result = session.run(inputs);
        } catch (OrtException e) {
            OnnxLoader.closeQuietly(session);
            options.close();
            throw e;
        }
    }

    /** Whether one of these texts has other bytes in modified UTF-8. */
    static boolean needs(List<String> texts) {
        for (String text : texts) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == 0 || Character.isSurrogate(c)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether these texts, as they were read from a tensor of the runtime, are what it holds. */
    static boolean wereRead(OrtEnvironment environment, OnnxTensor tensor, List<String> texts) throws OrtException {
        if (texts.stream().noneMatch(text -> FOUR_BYTES.matcher(text).find())) {
            return true;
        }
        byte[] model = comparingModel(texts, tensor.getInfo().getShape());
        try (ExactTexts comparison = new ExactTexts(environment, model, Map.of("x", tensor))) {
            ByteBuffer equal = comparison.tensor().getByteBuffer();
            while (equal.hasRemaining()) {
                if (equal.get() == 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The texts in the runtime, until this is closed. */
    OnnxTensor tensor() {
        return (OnnxTensor) result.get(0);
    }

    /** The bytes of an ONNX model without inputs and with the output {@code y}, these texts. */
    private static byte[] constantModel(List<String> texts, long[] sizes) {
        return model(new ProtobufWriter()
                .text(2, "texts")
                .message(5, constant(texts, sizes))
                .message(12, value("y", STRING, sizes)));
    }

    /** The bytes of an ONNX model with the input {@code x} and the output {@code x == y}, with these texts as y. */
    private static byte[] comparingModel(List<String> texts, long[] sizes) {
        ProtobufWriter node =
                new ProtobufWriter().text(1, "x").text(1, "y").text(2, "equal").text(4, "Equal");
        return model(new ProtobufWriter()
                .message(1, node)
                .text(2, "texts")
                .message(5, constant(texts, sizes))
                .message(11, value("x", STRING, sizes))
                .message(12, value("equal", BOOL, sizes)));
    }

    /** From operator set 19 on, texts can be compared. */
    private static byte[] model(ProtobufWriter graph) {
        return new ProtobufWriter()
                .number(1, 9)
                .message(7, graph)
                .message(8, new ProtobufWriter().number(2, 19))
                .bytes();
    }

    private static ProtobufWriter constant(List<String> texts, long[] sizes) {
        ProtobufWriter tensor = new ProtobufWriter();
        for (long size : sizes) {
            tensor.number(1, size);
        }
        tensor.number(2, STRING);
        for (String text : texts) {
            tensor.delimited(6, text.getBytes(StandardCharsets.UTF_8));
        }
        return tensor.text(8, "y");
    }

    private static ProtobufWriter value(String name, int elementType, long[] sizes) {
        ProtobufWriter shape = new ProtobufWriter();
        for (long size : sizes) {
            shape.message(1, new ProtobufWriter().number(1, size));
        }
        ProtobufWriter type = new ProtobufWriter().number(1, elementType).message(2, shape);
        return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, type));
    }

    @Override
    public void close() {
        result.close();
        OnnxLoader.closeQuietly(session);
        options.close();
    }
}
