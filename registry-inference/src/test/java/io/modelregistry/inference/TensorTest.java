package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.DataType;
import io.modelregistry.model.InvalidValueException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TensorTest {
    static Stream<Arguments> arrays() {
        return Stream.of(
                Arguments.of(new float[][] {{1, 2}, {3, 4}, {5, 6}}, "FP32[3,2]"),
                Arguments.of(new double[][][] {{{1}, {2}}}, "FP64[1,2,1]"),
                Arguments.of(new long[] {1, 2}, "INT64[2]"),
                Arguments.of(new int[0], "INT32[0]"),
                Arguments.of(new int[3][0], "INT32[3,0]"),
                Arguments.of(new short[] {1}, "INT16[1]"),
                Arguments.of(new byte[][] {{1, 2, 3}}, "INT8[1,3]"),
                Arguments.of(new boolean[] {true, false}, "BOOL[2]"),
                Arguments.of(new String[][] {{"a", "b"}}, "BYTES[1,2]"),
                Arguments.of(1.5f, "FP32[]"),
                Arguments.of(7L, "INT64[]"),
                Arguments.of(true, "BOOL[]"),
                Arguments.of("text", "BYTES[]"));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void arraysBecomeTensorsOfTheirTypeAndShape(Object array, String expected) {
        assertThat(Tensor.of(array)).hasToString(expected).isEqualTo(Tensor.of(array));
        assertThat(Tensor.of(array)).hasSameHashCodeAs(Tensor.of(array));
    }

    @Test
    void elementsAreRowMajorAndLittleEndian() {
        Tensor tensor = Tensor.of(new float[][] {{1, 2, 3}, {4, 5, 6}});
        assertThat(tensor.floats()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(tensor.floatAt(1, 2)).isEqualTo(6f);
        assertThat(tensor.floatAt(3)).isEqualTo(4f);
        assertThat(tensor.data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(tensor.data().get(3)).isEqualTo((byte) 0x3f);
        assertThatThrownBy(() -> tensor.floatAt(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tensor.floatAt(0, 0, 0))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("Cannot use 3 indices in FP32[2,3], expected 1 or 2");
    }

    @Test
    void raggedAndForeignArraysAreRefused() {
        assertThatThrownBy(() -> Tensor.of(new float[][] {{1}, {2, 3}}))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage(
                        "Cannot use array '[2, 1]': its rows differ in length (1 and 2), expected rows of the same length");
        assertThatThrownBy(() -> Tensor.of(new float[][] {{1}, null}))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("a row is null");
        assertThatThrownBy(() -> Tensor.of(new Object()))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("java.lang.Object");
        assertThatThrownBy(() -> Tensor.of(new String[] {"a", null}))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("a text is null");
    }

    @Test
    void integersConvertExactlyOrNotAtAll() {
        assertThat(Tensor.of(DataType.UINT8, new int[] {0, 255}).longs()).containsExactly(0, 255);
        assertThat(Tensor.of(DataType.UINT16, new int[][] {{65535}}).ints()).containsExactly(65535);
        assertThat(Tensor.of(DataType.UINT32, new int[] {-1}).longAt(0)).isEqualTo(4294967295L);
        assertThat(Tensor.of(DataType.UINT64, new long[] {-1}).doubleAt(0)).isEqualTo(0x1p64);
        assertThat(Tensor.of(DataType.INT8, new long[] {-128}).longAt(0)).isEqualTo(-128);
        assertThatThrownBy(() -> Tensor.of(DataType.UINT8, new int[] {256}))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use element '256': it is out of range, expected a value of UINT8");
        assertThatThrownBy(() -> Tensor.of(DataType.INT16, new int[] {-32769}))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Tensor.of(DataType.INT32, new float[] {1}))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("its elements cannot be INT32");
    }

    @Test
    void halfPrecisionRoundsToNearestEven() {
        float[] values = {0f, -0f, 1f, 65504f, 65519.9f, 65520f, 0x1p-24f, 0x1.8p-25f, 0x1p-25f, 0x1.002p0f, Float.NaN};
        float[] rounded = Tensor.of(DataType.FP16, values).floats();
        assertThat(rounded)
                .containsExactly(
                        0f, -0f, 1f, 65504f, 65504f, Float.POSITIVE_INFINITY, 0x1p-24f, 0x1p-24f, 0f, 1f, Float.NaN);
        assertThat(Tensor.of(DataType.BF16, new float[] {0x1.01p0f, 3.4e38f, Float.NaN, -2.5f})
                        .floats())
                .containsExactly(1f, Float.POSITIVE_INFINITY, Float.NaN, -2.5f);
    }

    /** Rounding to a float first would make ties of these, and break them the wrong way. */
    @Test
    void doublesAreRoundedToHalvesOnce() {
        double[] values = {
            1 + 0x1p-11 + 0x1p-40,
            1 + 0x1.8p-10 - 0x1p-40,
            -1 - 0x1p-11 - 0x1p-40,
            65520 - 0x1p-30,
            0x1p-25 + 0x1p-60,
            1 + 0x1p-11,
            1 + 0x1.8p-10,
            1e-300,
            -1e300,
            Double.NaN
        };
        assertThat(Tensor.of(DataType.FP16, values).doubles())
                .containsExactly(
                        1 + 0x1p-10,
                        1 + 0x1p-10,
                        -1 - 0x1p-10,
                        65504,
                        0x1p-24,
                        1,
                        1 + 0x1p-9,
                        0,
                        Double.NEGATIVE_INFINITY,
                        Double.NaN);
        double[] wide = {1 + 0x1p-8 + 0x1p-40, 1 + 0x1.8p-7 - 0x1p-40, 0x1.ffp127 - 0x1p80, 0x1p-134 + 0x1p-170, -1e300
        };
        assertThat(Tensor.of(DataType.BF16, wide).doubles())
                .containsExactly(1 + 0x1p-7, 1 + 0x1p-7, 0x1.fep127, 0x1p-133, Double.NEGATIVE_INFINITY);
    }

    @Test
    void everyHalfSurvivesTheWayThroughFloat() {
        for (int bits = 0; bits < 0x10000; bits++) {
            float value = HalfPrecision.toFloat((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(HalfPrecision.fromFloat(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void halvesAreTheNearestOnes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Math.abs(value) < 65504f) {
                short half = HalfPrecision.fromFloat(value);
                double error = Math.abs((double) HalfPrecision.toFloat(half) - value);
                for (int step = -1; step <= 1; step += 2) {
                    float neighbour = HalfPrecision.toFloat((short) (half + step));
                    if (Float.isFinite(neighbour)) {
                        assertThat(error)
                                .as("seed %s value %s", seed, value)
                                .isLessThanOrEqualTo(Math.abs((double) neighbour - value));
                    }
                }
            }
        }
    }

    @Test
    void wrappedBuffersAreSharedAndMustBeLittleEndian() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        Tensor tensor = Tensor.wrap(DataType.FP32, new long[] {2}, buffer);
        buffer.putFloat(4, 2.5f);
        assertThat(tensor.floats()).containsExactly(0f, 2.5f);
        assertThat(tensor.isDirect()).isTrue();
        assertThat(tensor.isWritable()).isTrue();

        ByteBuffer bigEndian = ByteBuffer.allocateDirect(8);
        assertThatThrownBy(() -> Tensor.wrap(DataType.FP32, new long[] {2}, bigEndian))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("its byte order is big-endian");
        assertThat(Tensor.wrap(DataType.UINT8, new long[] {8}, bigEndian).byteSize())
                .isEqualTo(8);
        assertThatThrownBy(() -> Tensor.wrap(DataType.FP32, new long[] {3}, buffer))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("Cannot use buffer 'FP32[3]': it has 8 bytes, expected 12 bytes for 3 elements");
        assertThat(Tensor.wrap(
                                DataType.FP32,
                                new long[] {2},
                                buffer.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN))
                        .isWritable())
                .isFalse();
    }

    @Test
    void onlyAllocatedAndWrappedTensorsCanBeWritten() {
        Tensor source = Tensor.of(new float[] {1, 2});
        Tensor target = Tensor.allocate(DataType.FP32, 2);
        target.writeFrom(source);
        assertThat(target).isEqualTo(source);
        assertThat(target.copy()).isEqualTo(source).matches(copy -> !copy.isWritable());
        assertThatThrownBy(() -> source.writeFrom(target)).isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> source.sharedData()).isInstanceOf(ReadOnlyBufferException.class);
        assertThatThrownBy(() -> target.writeFrom(Tensor.of(new float[] {1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Cannot write FP32[1] to FP32[2]");
        assertThat(source.data().isReadOnly()).isTrue();
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThatThrownBy(() -> Tensor.allocate(DataType.FP32, -1)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Tensor.allocate(DataType.FP32, 1L << 40, 1L << 40))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("it has too many elements");
        assertThatThrownBy(() -> Tensor.allocate(DataType.FP64, 1 << 29))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("less than 2 GiB");
        assertThatThrownBy(() -> Tensor.allocate(DataType.BYTES, 2)).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> Tensor.ofFloats(new float[3], 2, 2)).isInstanceOf(InvalidValueException.class);
        assertThat(Tensor.allocate(DataType.FP32, 0, 1L << 40).elementCount()).isZero();
    }

    @Test
    void rowsAndConcatenationAreInverse() {
        Tensor whole = Tensor.of(new long[][] {{1, 2}, {3, 4}, {5, 6}});
        assertThat(Tensor.concatenate(List.of(whole.rows(0, 1), whole.rows(1, 1), whole.rows(1, 3))))
                .isEqualTo(whole);
        Tensor texts = Tensor.of(new String[] {"a", "b", "c"});
        assertThat(Tensor.concatenate(List.of(texts.rows(0, 2), texts.rows(2, 3))))
                .isEqualTo(texts);
        assertThatThrownBy(() -> whole.rows(2, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Tensor.of(1f).rows(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Tensor.concatenate(List.of(whole, texts)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("INT64[3,2] and BYTES[3]");
    }

    @Test
    void finiteMeansNeitherNanNorInfinite() {
        assertThat(Tensor.of(new float[] {1, Float.NaN}).isFinite()).isFalse();
        assertThat(Tensor.of(new float[] {1, Float.NEGATIVE_INFINITY}).isFinite())
                .isFalse();
        assertThat(Tensor.of(new float[] {Float.MAX_VALUE, -0f}).isFinite()).isTrue();
        assertThat(Tensor.of(new double[] {Double.NaN}).isFinite()).isFalse();
        assertThat(Tensor.of(DataType.FP16, new float[] {70000f}).isFinite()).isFalse();
        assertThat(Tensor.of(new long[] {-1}).isFinite()).isTrue();
    }

    @Test
    void accessorsOfOtherTypesSaySo() {
        Tensor texts = Tensor.of(new String[] {"a"});
        assertThat(texts.strings()).containsExactly("a");
        assertThatThrownBy(texts::floats)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Cannot read floats from a tensor of BYTES, expected another accessor");
        assertThatThrownBy(() -> Tensor.of(new float[1]).longs()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Tensor.of(new long[1]).ints()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Tensor.of(new long[1]).strings()).isInstanceOf(IllegalStateException.class);
        assertThat(Tensor.of(new boolean[] {true}).booleans()).containsExactly(true);
        assertThat(Tensor.of(new double[] {2}).doubles()).containsExactly(2);
        assertThat(Tensor.of(new long[] {2}).doubleAt(0)).isEqualTo(2);
    }

    @Test
    void namedTensorsKeepTheirOrder() {
        Tensors tensors = Tensors.of("b", new float[] {1}).with("a", new long[] {2});
        assertThat(tensors.names()).containsExactly("b", "a");
        assertThat(tensors).hasToString("{b=FP32[1], a=INT64[1]}");
        assertThat(tensors).isEqualTo(Tensors.of("b", new float[] {1}).with("a", new long[] {2}));
        assertThat(tensors.with("b", new float[] {3}).get("b").floatAt(0)).isEqualTo(3f);
        assertThat(tensors.contains("c")).isFalse();
        assertThat(tensors.find("c")).isEmpty();
        assertThatThrownBy(() -> tensors.get("c"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("Cannot get tensor 'c': it is absent, expected one of [b, a]");
        assertThatThrownBy(() -> tensors.maps("a")).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void mapsKeepKeysWithValues() {
        TensorMap map = new TensorMap(Tensor.of(new String[] {"no", "yes"}), Tensor.of(new float[] {0.25f, 0.75f}));
        assertThat(map.toMap()).containsEntry("yes", 0.75).containsEntry("no", 0.25);
        assertThat(map.find("yes")).hasValue(1);
        assertThat(map.find(1L)).isEmpty();
        assertThat(map).hasToString("{no=0.25, yes=0.75}");
        Tensors tensors = Tensors.of("p", new TensorSequence(List.of(map, map)));
        assertThat(tensors.maps("p")).containsExactly(map, map);
        assertThatThrownBy(() -> tensors.get("p"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("it is a TensorSequence");
        assertThatThrownBy(() -> new TensorMap(Tensor.of(new long[1]), Tensor.of(new float[2])))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new TensorMap(Tensor.of(new float[1]), Tensor.of(new float[1])))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void everyByteButZeroIsTrue() {
        byte[] bytes = {0, 1, 2, -1};
        Tensor copied = Tensor.copyOf(DataType.BOOL, new long[] {4}, ByteBuffer.wrap(bytes));
        Tensor wrapped = Tensor.wrap(DataType.BOOL, new long[] {4}, ByteBuffer.wrap(bytes));
        for (Tensor tensor : List.of(copied, wrapped, wrapped.copy(), Tensor.concatenate(List.of(wrapped)))) {
            assertThat(tensor.booleans()).containsExactly(false, true, true, true);
            assertThat(tensor.longs()).containsExactly(0, 1, 1, 1);
            assertThat(tensor.ints()).containsExactly(0, 1, 1, 1);
            assertThat(tensor.doubleAt(3)).isEqualTo(1);
            ByteBuffer engine = ByteBuffer.allocate(4);
            tensor.copyTo(engine);
            assertThat(engine.array()).containsExactly(0, 1, 1, 1);
        }
        assertThat(copied).isEqualTo(Tensor.of(new boolean[] {false, true, true, true}));
    }
}
