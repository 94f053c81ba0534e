package io.modelregistry.inference.deployment;

import io.modelregistry.inference.runtime.RequestContext;
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

    Preflight preflight() {
        return new Preflight(present(), options.checkRuns(), options.slowest(), System::nanoTime);
    }

    private Optional<TensorSignature> present() {
        Serving path = serving;
        if (path == null || options.compatibility() == DeploymentOptions.Compatibility.ANY) {
            return Optional.empty();
        }
        return Optional.ofNullable(path.table().choose(RequestContext.none()))
                .map(target -> target.version().loaded())
                .map(model -> model.predictor().signature());
    }
}
