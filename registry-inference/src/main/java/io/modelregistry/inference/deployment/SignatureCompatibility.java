package io.modelregistry.inference.deployment;

import io.modelregistry.model.Shape;
import io.modelregistry.model.TensorSignature;
import io.modelregistry.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether those who call one version can call another without a change: it takes every input that the old one took, and
 * gives every output that they read.
 */
final class SignatureCompatibility {
    private SignatureCompatibility() {}

    /** What keeps callers of the old signature from the new one, field by field; empty if nothing does. */
    static List<String> problems(TensorSignature old, TensorSignature now) {
        List<String> problems = new ArrayList<>();
        for (TensorSpec input : old.inputs()) {
            now.findInput(input.name())
                    .ifPresentOrElse(
                            other -> compare("input", input, other, problems),
                            () -> problems.add("input '%s' is gone".formatted(input.name())));
        }
        for (TensorSpec input : now.inputs()) {
            if (old.findInput(input.name()).isEmpty()) {
                problems.add("input '%s' is new, and callers do not send it".formatted(input.name()));
            }
        }
        for (TensorSpec output : old.outputs()) {
            now.findOutput(output.name())
                    .ifPresentOrElse(
                            other -> compare("output", output, other, problems),
                            () -> problems.add("output '%s' is gone".formatted(output.name())));
        }
        return problems;
    }

    private static void compare(String side, TensorSpec old, TensorSpec now, List<String> problems) {
        boolean isInput = side.equals("input");
        if (old.structure() != now.structure() || old.type() != now.type()) {
            problems.add("%s '%s' was %s and is %s".formatted(side, old.name(), old, now));
        } else if (!(isInput ? covers(now.shape(), old.shape()) : covers(old.shape(), now.shape()))) {
            problems.add("%s '%s' had the shape %s and has %s".formatted(side, old.name(), old.shape(), now.shape()));
        } else if (isInput && now.finite() && !old.finite()) {
            problems.add("input '%s' refuses NaN and infinity, which it took before".formatted(old.name()));
        }
    }

    /** Whether every tensor that fits the narrow shape fits the wide one. */
    private static boolean covers(Shape wide, Shape narrow) {
        if (!wide.isRankKnown()) {
            return true;
        }
        if (!narrow.isRankKnown() || wide.sizes().length != narrow.sizes().length) {
            return false;
        }
        long[] wides = wide.sizes();
        long[] narrows = narrow.sizes();
        for (int i = 0; i < wides.length; i++) {
            if (wides[i] >= 0 && wides[i] != narrows[i]) {
                return false;
            }
        }
        return true;
    }
}
