package io.modelregistry.inference.deployment;

import io.modelregistry.model.TensorSignature;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the checks of a version that is loaded now: it has to fit those who call what serves now. */
final class PresentSignature {
    private final DeploymentOptions options;
    private volatile @Nullable Serving serving;

    PresentSignature(DeploymentOptions options) {
        this.options = options;
    }

    void of(Serving path) {
        serving = path;
    }

    Preflight preflight(Versions.Purpose purpose) {
        boolean mustFit = purpose != Versions.Purpose.DESIRED
                && options.compatibility() == DeploymentOptions.Compatibility.REQUIRED;
        return new Preflight(
                mustFit ? present() : Optional.empty(), options.checkRuns(), options.slowest(), System::nanoTime);
    }

    private Optional<TensorSignature> present() {
        Serving path = serving;
        return path == null ? Optional.empty() : path.signature();
    }
}
