package io.modelregistry.inference.profile;

import io.modelregistry.inference.LoadOptions;
import io.modelregistry.inference.ModelSource;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensors;
import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Measures models. A profile takes the machine: run it where nothing else runs, and one at a time, as its numbers are
 * those of everything that happens meanwhile.
 *
 * <p>With {@code b} batch sizes and {@code t} numbers of threads it takes about {@code 1 + b + 2t} measurements, and
 * loads the model {@code t} times.
 */
public final class ModelProfiler {
    private final Function<LoadOptions, Predictor> loader;
    private final List<Tensors> inputs;
    private final ProfileOptions options;
    private final Measurement measurement;
    private final LongSupplier clock;

    ModelProfiler(
            Function<LoadOptions, Predictor> loader, List<Tensors> inputs, ProfileOptions options, LongSupplier clock) {
        if (inputs.isEmpty()) {
            throw new InvalidValueException("inputs", "[]", "there is none", "at least one input of the model");
        }
        this.loader = loader;
        this.inputs = List.copyOf(inputs);
        this.options = options;
        this.clock = clock;
        this.measurement = new Measurement(clock, options.measurement());
    }

    /**
     * Measures a version of a registry.
     *
     * @param ref resolved now
     * @param inputs typical ones, each of one row; they are used in turn
     * @throws RegistryException as {@link Predictors#load(ModelRegistry, String, LoadOptions)} does, or as a prediction
     *     does that fails
     */
    public static ModelProfile profile(
            ModelRegistry registry, String ref, List<Tensors> inputs, ProfileOptions options) {
        RegisteredVersion version = registry.get(ref);
        String exact = version.ref().toString();
        return new ModelProfiler(load -> Predictors.load(registry, exact, load), inputs, options, System::nanoTime)
                .run(OptionalLong.of(version.manifest().totalSize()));
    }

    /**
     * Measures a model that lies in a local file or folder.
     *
     * @param inputs typical ones, each of one row; they are used in turn
     * @throws RegistryException as {@link Predictors#load(Path, LoadOptions)} does, or as a prediction does that fails
     */
    public static ModelProfile profile(Path fileOrFolder, List<Tensors> inputs, ProfileOptions options) {
        return new ModelProfiler(load -> Predictors.load(fileOrFolder, load), inputs, options, System::nanoTime)
                .run(size(fileOrFolder));
    }

    /**
     * Measures a model in a local folder.
     *
     * @param inputs typical ones, each of one row; they are used in turn
     * @throws RegistryException as {@link Predictors#load(ModelSource, LoadOptions)} does, or as a prediction does that
     *     fails
     */
    public static ModelProfile profile(ModelSource source, List<Tensors> inputs, ProfileOptions options) {
        return new ModelProfiler(load -> Predictors.load(source, load), inputs, options, System::nanoTime)
                .run(size(source.primaryPath()));
    }

    private static OptionalLong size(Path fileOrFolder) {
        try (Stream<Path> files = Files.walk(fileOrFolder)) {
            long size = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                size += Files.size(file);
            }
            return OptionalLong.of(size);
        } catch (IOException e) {
            // Loading says what is wrong with it.
            return OptionalLong.empty();
        }
    }

    ModelProfile run(OptionalLong modelBytes) {
        OptionalLong residentBefore = ProcessMemory.resident();
        long directBefore = ProcessMemory.direct();
        long start = clock.getAsLong();
        try (Predictor predictor = loader.apply(options.load())) {
            Duration loadTime = Duration.ofNanos(clock.getAsLong() - start);
            predictor.predict(inputs.get(0));
            MemoryUse memory = new MemoryUse(
                    modelBytes, residentBefore, ProcessMemory.resident(), directBefore, ProcessMemory.direct());
            Caller single = new Caller(predictor, inputs, 1);
            measurement.repeat(single, options.warmUp());
            Latency latency = Latency.of(measurement.latencies(single));
            List<Throughput> batches = batches(predictor);
            int batch = Recommender.batch(batches).batch();
            List<Throughput> threads = callers(predictor, batch);
            threads.addAll(intraOp(batch));
            return new ModelProfile(
                    predictor.description(),
                    loadTime,
                    memory,
                    latency,
                    batches,
                    threads,
                    Recommender.of(options.load(), batches, threads));
        }
    }

    private List<Throughput> batches(Predictor predictor) {
        List<Throughput> batches = new ArrayList<>();
        for (int batch : powers(1, options.maxBatch())) {
            double rows = batch * measurement.callsPerSecond(List.of(new Caller(predictor, inputs, batch)));
            batches.add(new Throughput(batch, 1, options.load().intraOpThreads(), rows));
        }
        return batches;
    }

    private List<Throughput> callers(Predictor predictor, int batch) {
        List<Throughput> threads = new ArrayList<>();
        for (int count : powers(1, options.maxThreads())) {
            List<Caller> callers = Stream.generate(() -> new Caller(predictor, inputs, batch))
                    .limit(count)
                    .toList();
            double rows = batch * measurement.callsPerSecond(callers);
            threads.add(new Throughput(batch, count, options.load().intraOpThreads(), rows));
        }
        return threads;
    }

    private List<Throughput> intraOp(int batch) {
        List<Throughput> threads = new ArrayList<>();
        for (int count : powers(2, options.maxThreads())) {
            LoadOptions load = options.load().toBuilder().intraOpThreads(count).build();
            try (Predictor predictor = loader.apply(load)) {
                Caller caller = new Caller(predictor, inputs, batch);
                measurement.repeat(caller, options.warmUp().dividedBy(4));
                double rows = batch * measurement.callsPerSecond(List.of(caller));
                threads.add(new Throughput(batch, 1, count, rows));
            }
        }
        return threads;
    }

    /** Powers of two between two limits, and the upper limit itself. */
    static List<Integer> powers(int from, int to) {
        List<Integer> powers = new ArrayList<>();
        for (long power = from; power < to; power *= 2) {
            powers.add((int) power);
        }
        if (from <= to) {
            powers.add(to);
        }
        return powers;
    }

    static RegistryException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RegistryException(
                ErrorCode.TIMEOUT, "Cannot profile: the thread was interrupted, expected to be let finish", e);
    }
}
