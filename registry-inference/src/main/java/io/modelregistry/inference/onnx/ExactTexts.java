package io.modelregistry.inference.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Texts that the runtime's Java interface would change on their way, as constants of a model made for them.
 *
 * <p>That interface goes through JNI's modified UTF-8, which writes characters beyond U+FFFF and NUL in another way
 * than UTF-8, so that the model would compare other bytes than those of its own texts. A model file holds true UTF-8.
 * Making one costs a fraction of a millisecond, so other texts do not come here.
 */
final class ExactTexts implements AutoCloseable {
    private static final int STRING = 8;

    private final SessionOptions options = new SessionOptions();
    private final OrtSession session;
    private final OrtSession.Result result;

    ExactTexts(OrtEnvironment environment, List<String> texts, long[] sizes) throws OrtException {
        try {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setCPUArenaAllocator(false);
            session = environment.createSession(constantModel(texts, sizes), options);
        } catch (OrtException e) {
            options.close();
            throw e;
        }
        try {
            result = session.run(Map.of());
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

    /** The texts in the runtime, until this is closed. */
    OnnxTensor tensor() {
        return (OnnxTensor) result.get(0);
    }

    /** The bytes of an ONNX model without inputs and with this one output. */
    private static byte[] constantModel(List<String> texts, long[] sizes) {
        ProtobufWriter tensor = new ProtobufWriter();
        ProtobufWriter shape = new ProtobufWriter();
        for (long size : sizes) {
            tensor.number(1, size);
            shape.message(1, new ProtobufWriter().number(1, size));
        }
        tensor.number(2, STRING);
        for (String text : texts) {
            tensor.delimited(6, text.getBytes(StandardCharsets.UTF_8));
        }
        ProtobufWriter type = new ProtobufWriter().number(1, STRING).message(2, shape);
        ProtobufWriter graph = new ProtobufWriter()
                .text(2, "texts")
                .message(5, tensor.text(8, "y"))
                .message(12, new ProtobufWriter().text(1, "y").message(2, new ProtobufWriter().message(1, type)));
        return new ProtobufWriter()
                .number(1, 8)
                .message(7, graph)
                .message(8, new ProtobufWriter().number(2, 13))
                .bytes();
    }

    @Override
    public void close() {
        result.close();
        OnnxLoader.closeQuietly(session);
        options.close();
    }
}
