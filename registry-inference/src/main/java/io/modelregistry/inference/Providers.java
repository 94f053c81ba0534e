package io.modelregistry.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds the provider for a model. */
final class Providers {
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
        List<PredictorProvider> found = new ArrayList<>();
        ServiceLoader.load(PredictorProvider.class).forEach(found::add);
        if (found.isEmpty()) {
            ServiceLoader.load(PredictorProvider.class, PredictorProvider.class.getClassLoader())
                    .forEach(found::add);
        }
        return found;
    }

    private static String ids(List<PredictorProvider> providers) {
        return providers.stream().map(PredictorProvider::id).collect(Collectors.joining(", ", "[", "]"));
    }
}
