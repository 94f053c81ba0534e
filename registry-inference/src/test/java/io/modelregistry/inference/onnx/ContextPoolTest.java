package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ContextPoolTest {
    private static final TensorSignature SIGNATURE =
            TensorSignature.of(TensorSpec.parse("x UINT8[n]"), TensorSpec.parse("y UINT8[n]"));

    private ContextPool pool = new ContextPool(OnnxEnvironment.get(), SIGNATURE);

    @AfterEach
    void close() {
        pool.close();
    }

    private static Tensors bytes(int count) {
        return Tensors.of("x", Tensor.of(DataType.UINT8, new byte[count]));
    }

    private BoundContext take(int bytes) throws OrtException {
        return pool.take(bytes(bytes), Map::of);
    }

    @Test
    void aLackOfDirectMemoryDoesNotEndThePooling() throws OrtException {
        Map<String, long[]> tooMuch = new HashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public long[] get(Object output) {
                throw new OutOfMemoryError("Cannot reserve direct buffer memory");
            }
        };
        pool = new ContextPool(OnnxEnvironment.get(), SIGNATURE, 64 << 10);
        int large = 8 << 10;
        for (int i = 0; i < 50; i++) {
            pool.give(take(large));
            assertThatThrownBy(() -> pool.take(bytes(1), () -> tooMuch)).isInstanceOf(OutOfMemoryError.class);
        }
        BoundContext first = take(large);
        pool.give(first);
        assertThat(take(large)).isSameAs(first);
    }

    @Test
    void oneContextIsKeptHoweverLargeItIs() throws OrtException {
        pool = new ContextPool(OnnxEnvironment.get(), SIGNATURE, 1000);
        BoundContext first = take(2000);
        pool.give(first);
        assertThat(take(2000)).isSameAs(first);
        BoundContext second = take(2000);
        pool.give(first);
        pool.give(second);
        assertThat(take(2000)).isSameAs(second);
    }

    @Test
    void asManyAreKeptAsTheLimitAllows() throws OrtException {
        pool = new ContextPool(OnnxEnvironment.get(), SIGNATURE, 5000);
        BoundContext first = take(2000);
        BoundContext second = take(2000);
        pool.give(first);
        pool.give(second);
        assertThat(take(2000)).isIn(first, second);
        assertThat(take(2000)).isIn(first, second);
    }
}
