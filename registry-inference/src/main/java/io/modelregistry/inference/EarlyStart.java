package io.modelregistry.inference;

import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.Manifest;
import io.modelregistry.registry.RegisteredVersion;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the engine of a model while its files are fetched and checked. Whoever loads the model asks for the engine
 * again, and waits for this start or hears why it failed.
 */
final class EarlyStart {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyStart.class);

    private EarlyStart() {}

    /** Begins; the thread keeps the process alive, since an engine that is cut off while it starts may crash it. */
    static void begin(RegisteredVersion version, LoadOptions options) {
        likely(version, options)
                .ifPresent(provider -> new Thread(() -> start(provider), "predictor-engine-start").start());
    }

    private static Optional<PredictorProvider> likely(RegisteredVersion version, LoadOptions options) {
        Manifest manifest = version.manifest();
        String file = options.findPrimaryFile()
                .orElseGet(() -> manifest.files().get(0).path().value());
        try {
            ModelSource source = ModelSource.of(
                    version.ref().toString(), Path.of(""), manifest.format().framework(), file);
            return Providers.findLikely(source, options);
        } catch (InvalidValueException e) {
            LOG.debug("Loading will say what is wrong with the file '{}'", file, e);
            return Optional.empty();
        }
    }

    private static void start(PredictorProvider provider) {
        try {
            provider.availability();
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("The engine {} could not be started early", provider.id(), e);
        }
    }
}
