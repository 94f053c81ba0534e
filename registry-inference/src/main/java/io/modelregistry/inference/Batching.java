package io.modelregistry.inference;

import io.modelregistry.inference.internal.BatchDimension;
import io.modelregistry.model.RegistryException;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stacks inputs of equal row shape along the first dimension, computes them in one call, and takes the result apart
 * again.
 *
 * <p>Whether a model takes batches is what {@link BatchDimension} tells. What cannot be stacked, and every member of a
 * stack whose call failed, is computed alone, so a bad input fails alone.
 */
final class Batching {
    /** One call of the engine. */
    interface Call {
        Tensors run(Tensors inputs, List<String> outputs);
    }

    /** What is computed together, and the outputs that are wanted of each. */
    private record Batch(List<Tensors> inputs, List<String> outputs) {}

    private final TensorSignature signature;
    private final SignatureCheck check;
    private final Call call;
    private final int maxBatch;
    private final boolean takesBatches;

    Batching(TensorSignature signature, SignatureCheck check, Call call, int maxBatch) {
        this.signature = signature;
        this.check = check;
        this.call = call;
        this.maxBatch = maxBatch;
        this.takesBatches = BatchDimension.isIn(signature);
    }

    List<Outcome<Tensors>> run(List<Tensors> inputs, List<String> outputs) {
        Batch batch = new Batch(inputs, outputs);
        @Nullable Outcome<Tensors>[] outcomes = newArray(inputs.size());
        Map<List<Object>, List<Integer>> stacks = new LinkedHashMap<>();
        for (int i = 0; i < outcomes.length; i++) {
            try {
                check.inputs(inputs.get(i));
                stacks.computeIfAbsent(stackKey(inputs.get(i), i), key -> new ArrayList<>())
                        .add(i);
            } catch (RegistryException e) {
                outcomes[i] = new Outcome.Failure<>(e);
            }
        }
        for (List<Integer> stack : stacks.values()) {
            for (List<Integer> part : parts(stack, inputs)) {
                runStack(part, batch, outcomes);
            }
        }
        List<Outcome<Tensors>> complete = new ArrayList<>(outcomes.length);
        for (Outcome<Tensors> outcome : outcomes) {
            if (outcome == null) {
                throw new IllegalStateException("An input of the batch has no outcome");
            }
            complete.add(outcome);
        }
        return List.copyOf(complete);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable Outcome<Tensors>[] newArray(int size) {
        return new Outcome[size];
    }

    /**
     * Equal for inputs that may share a call: the row shapes, or something unique for an input that has to go alone.
     */
    private List<Object> stackKey(Tensors inputs, int position) {
        long rows = rows(inputs);
        if (!takesBatches || rows < 1 || rows > maxBatch) {
            return List.of(position);
        }
        List<Object> key = new ArrayList<>();
        for (TensorSpec spec : signature.inputs()) {
            Tensor tensor = inputs.get(spec.name());
            key.add(Arrays.toString(Arrays.copyOfRange(tensor.sizes(), 1, tensor.rank())));
        }
        return key;
    }

    /** The first dimension that all inputs share, or -1. */
    private long rows(Tensors inputs) {
        long rows = -1;
        for (TensorSpec spec : signature.inputs()) {
            Tensor tensor = inputs.get(spec.name());
            if (tensor.rank() == 0 || (rows >= 0 && tensor.size(0) != rows)) {
                return -1;
            }
            rows = tensor.size(0);
        }
        return rows;
    }

    private List<List<Integer>> parts(List<Integer> stack, List<Tensors> inputs) {
        List<List<Integer>> parts = new ArrayList<>();
        List<Integer> current = new ArrayList<>();
        long rows = 0;
        for (int position : stack) {
            long more = Math.max(1, rows(inputs.get(position)));
            if (!current.isEmpty() && rows + more > maxBatch) {
                parts.add(current);
                current = new ArrayList<>();
                rows = 0;
            }
            current.add(position);
            rows += more;
        }
        parts.add(current);
        return parts;
    }

    private void runStack(List<Integer> part, Batch batch, @Nullable Outcome<Tensors>[] outcomes) {
        if (part.size() > 1 && runTogether(part, batch, outcomes)) {
            return;
        }
        for (int position : part) {
            try {
                outcomes[position] = new Outcome.Success<>(call.run(batch.inputs.get(position), batch.outputs));
            } catch (RegistryException e) {
                outcomes[position] = new Outcome.Failure<>(e);
            }
        }
    }

    /** False if the call failed or its outputs do not have one row per row of input: then nothing was decided. */
    private boolean runTogether(List<Integer> part, Batch batch, @Nullable Outcome<Tensors>[] outcomes) {
        Tensors computed;
        try {
            computed = call.run(stack(part, batch.inputs), batch.outputs);
        } catch (RegistryException e) {
            // Each member is computed alone next, and the one that caused this gets the error.
            return false;
        }
        long total = part.stream()
                .mapToLong(position -> rows(batch.inputs.get(position)))
                .sum();
        if (computed.names().stream().anyMatch(name -> rowsOf(computed.value(name)) != total)) {
            return false;
        }
        long start = 0;
        for (int position : part) {
            long end = start + rows(batch.inputs.get(position));
            outcomes[position] = new Outcome.Success<>(rows(computed, (int) start, (int) end));
            start = end;
        }
        return true;
    }

    private Tensors stack(List<Integer> part, List<Tensors> inputs) {
        Map<String, TensorValue> stacked = new LinkedHashMap<>();
        for (TensorSpec spec : signature.inputs()) {
            stacked.put(
                    spec.name(),
                    Tensor.concatenate(part.stream()
                            .map(position -> inputs.get(position).get(spec.name()))
                            .toList()));
        }
        return Tensors.of(stacked);
    }

    private static long rowsOf(TensorValue value) {
        if (value instanceof Tensor tensor) {
            return tensor.rank() == 0 ? -1 : tensor.size(0);
        }
        return value instanceof TensorSequence sequence ? sequence.size() : -1;
    }

    private static Tensors rows(Tensors computed, int start, int end) {
        Map<String, TensorValue> part = new LinkedHashMap<>();
        computed.forEach((name, value) -> {
            if (value instanceof TensorSequence sequence) {
                part.put(name, new TensorSequence(sequence.elements().subList(start, end)));
            } else {
                part.put(name, computed.get(name).rows(start, end));
            }
        });
        return Tensors.of(part);
    }
}
