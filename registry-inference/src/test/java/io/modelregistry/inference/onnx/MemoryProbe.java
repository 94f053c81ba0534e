package io.modelregistry.inference.onnx;

import io.modelregistry.inference.Fixtures;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.DataType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs in a process of its own, whose heap has one size from the start, so that the resident size grows by native
 * memory alone. Prints the kilobytes after the warm-up and at the end.
 */
final class MemoryProbe {
    private MemoryProbe() {}

    /** Takes what to do ({@code load} or the name of a model), and how often before and after the first look. */
    public static void main(String[] args) throws IOException {
        int warmUp = Integer.parseInt(args[1]);
        int calls = Integer.parseInt(args[2]);
        long[] sizes = args[0].equals("load") ? loads(warmUp, calls) : predictions(args[0], warmUp, calls);
        System.out.println(sizes[0] + " " + sizes[1]);
    }

    private static long[] predictions(String model, int warmUp, int calls) throws IOException {
        try (Predictor predictor = Predictors.load(Fixtures.model(model + ".onnx"))) {
            List<Tensors> inputs = inputs(model, predictor);
            for (int i = 0; i < warmUp; i++) {
                predictor.predict(inputs.get(i % inputs.size()));
            }
            long before = residentKilobytes();
            for (int i = 0; i < calls; i++) {
                predictor.predict(inputs.get(i % inputs.size()));
            }
            return new long[] {before, residentKilobytes()};
        }
    }

    private static List<Tensors> inputs(String model, Predictor predictor) {
        if (model.equals("all-types-identity")) {
            return List.of(everyType());
        }
        String name = predictor.signature().inputs().get(0).name();
        int columns = (int) predictor.signature().inputs().get(0).shape().size(1);
        List<Tensors> inputs = new ArrayList<>();
        for (int rows = 1; rows <= 8; rows++) {
            inputs.add(Tensors.of(name, new float[rows % 2 == 0 ? rows : 1][columns]));
        }
        return inputs;
    }

    private static Tensors everyType() {
        Tensors all = Tensors.of("str", new String[] {"a", "b", "c", "d"});
        String[] names = {"f32", "f64", "f16", "bf16", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"};
        DataType[] types = {
            DataType.FP32,
            DataType.FP64,
            DataType.FP16,
            DataType.BF16,
            DataType.INT8,
            DataType.UINT8,
            DataType.INT16,
            DataType.UINT16,
            DataType.INT32,
            DataType.UINT32,
            DataType.INT64,
            DataType.UINT64,
            DataType.BOOL
        };
        for (int i = 0; i < names.length; i++) {
            all = all.with(names[i], Tensor.allocate(types[i], 4));
        }
        return all;
    }

    private static long[] loads(int warmUp, int cycles) throws IOException {
        Tensors input = Tensors.of("input", new float[1][64]);
        long before = 0;
        for (int i = 0; i < warmUp + cycles; i++) {
            if (i == warmUp) {
                before = residentKilobytes();
            }
            try (Predictor predictor = Predictors.load(Fixtures.model("digits-mlp.onnx"))) {
                predictor.predict(input);
            }
        }
        return new long[] {before, residentKilobytes()};
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return ProbeProcess.residentKilobytes("VmRSS");
    }
}
