package io.modelregistry.storm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Makes random sequences of steps on real stores and on the plain model of what is promised, and compares the answers.
 */
final class ModelRun {
    private static final int LENGTH = 50;

    private final StormStores stores;
    private final StormClients clients;
    private final long seed;

    ModelRun(StormStores stores, StormClients clients) {
        this.stores = stores;
        this.clients = clients;
        this.seed = StormSettings.seed();
    }

    /** Makes sequences; how many steps they had. */
    int blow(int sequences) throws IOException {
        Random seeds = new Random(seed);
        int steps = 0;
        for (int i = 0; i < sequences; i++) {
            List<ModelStep> sequence = ModelStep.sequence(seeds.nextLong(), LENGTH);
            if (difference(sequence).isPresent()) {
                List<ModelStep> shrunk = shrunk(sequence);
                throw new StormFailure(
                        "model storm on %s, seed %s, sequence %s".formatted(stores.name(), seed, i),
                        difference(shrunk).orElse("it does not differ any more") + "\nafter\n"
                                + shrunk.stream().map(ModelStep::toString).collect(Collectors.joining("\n")));
            }
            steps += sequence.size();
        }
        return steps;
    }

    /** The first step with another answer than the model's; empty if there is none. */
    private Optional<String> difference(List<ModelStep> sequence) throws IOException {
        PlainRegistry plain = new PlainRegistry();
        try (StormStore store = stores.create();
                RealRegistry real = new RealRegistry(store, clients)) {
            for (ModelStep step : sequence) {
                String expected = plain.answer(step);
                String found = real.answer(step);
                if (!found.equals(expected)) {
                    return Optional.of("'" + step + "' is answered with '" + found + "', expected '" + expected + "'");
                }
            }
        }
        return Optional.empty();
    }

    /** A sequence that still differs and of which no step can be left out. */
    private List<ModelStep> shrunk(List<ModelStep> sequence) throws IOException {
        List<ModelStep> shrunk = new ArrayList<>(sequence);
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (int i = shrunk.size() - 1; i >= 0; i--) {
                List<ModelStep> without = new ArrayList<>(shrunk);
                without.remove(i);
                if (difference(without).isPresent()) {
                    shrunk = without;
                    smaller = true;
                }
            }
        }
        return shrunk;
    }
}
