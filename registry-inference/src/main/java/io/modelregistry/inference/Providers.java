package io.modelregistry.inference;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the provider for a model. */
final class Providers {
    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);

    /** The search goes on after an error, but nothing promises that it gets anywhere. */
    private static final int MAX_BROKEN = 100;

    private Providers() {}

    static PredictorProvider choose(ModelSource source, LoadOptions options) {
        PredictorProvider provider = options.findProvider().orElseGet(() -> find(source, options));
        Availability availability = provider.availability();
        if (!availability.isAvailable()) {
            String reason = availability.findReason().orElse("it does not say why");
            throw new EngineUnavailableException(source.id(), provider.id(), reason, availability.cause());
        }
        return provider;
    }

    /** The provider that {@link #choose} will choose, as far as that can be told before the files are there. */
    static Optional<PredictorProvider> findLikely(ModelSource source, LoadOptions options) {
        if (options.findProvider().isPresent()) {
            return options.findProvider();
        }
        List<PredictorProvider> likely = installed().stream()
                .filter(provider ->
                        options.findProviderId().map(provider.id()::equals).orElseGet(() -> provider.accepts(source)))
                .toList();
        return likely.size() == 1 ? Optional.of(likely.get(0)) : Optional.empty();
    }

    private static PredictorProvider find(ModelSource source, LoadOptions options) {
        List<PredictorProvider> installed = installed();
        if (options.findProviderId().isPresent()) {
            String id = options.findProviderId().get();
            return installed.stream()
                    .filter(provider -> provider.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new EngineUnavailableException(
                            source.id(), id, "no provider of that id is installed, only " + ids(installed), null));
        }
        List<PredictorProvider> accepting =
                installed.stream().filter(provider -> provider.accepts(source)).toList();
        if (accepting.isEmpty()) {
            throw new UnsupportedModelException(
                    source,
                    UnrunnableFormats.reason(source.framework()),
                    "a model for one of the engines " + ids(installed));
        }
        if (accepting.size() > 1) {
            throw new UnsupportedModelException(
                    source, "several engines accept it", "LoadOptions.provider with one of " + ids(accepting));
        }
        return accepting.get(0);
    }

    /** Looks where the caller's thread looks, and where this library lies if that sees nothing. */
    private static List<PredictorProvider> installed() {
        List<PredictorProvider> found = usable(ServiceLoader.load(PredictorProvider.class));
        return found.isEmpty()
                ? usable(ServiceLoader.load(PredictorProvider.class, PredictorProvider.class.getClassLoader()))
                : found;
    }

    /** All that can be made; one that cannot does not stop those for which there is nothing wrong. */
    private static List<PredictorProvider> usable(ServiceLoader<PredictorProvider> services) {
        List<PredictorProvider> found = new ArrayList<>();
        Iterator<PredictorProvider> iterator = services.iterator();
        for (int broken = 0; broken < MAX_BROKEN; ) {
            try {
                if (!iterator.hasNext()) {
                    break;
                }
                found.add(iterator.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                LOG.warn("Left out a provider of engines that is declared as a service and cannot be used", e);
                broken++;
            }
        }
        return found;
    }

    private static String ids(List<PredictorProvider> providers) {
        return providers.stream().map(PredictorProvider::id).collect(Collectors.joining(", ", "[", "]"));
    }
}
