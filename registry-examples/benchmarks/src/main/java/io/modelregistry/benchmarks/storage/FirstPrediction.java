package io.modelregistry.benchmarks.storage;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.management.OperatingSystemMXBean;
import io.modelregistry.ModelRegistries;
import io.modelregistry.cache.LocalCache;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Predictors;
import io.modelregistry.inference.Tensor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.s3.S3StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The life of a process of {@link ColdStart} until its first prediction, by this library or by hand. It prints what
 * that has cost; what comes before it is taken apart.
 */
final class FirstPrediction {
    static final String BUCKET = "benchmark";
    private static final int BUFFER = 256 << 10;
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private FirstPrediction() {}

    /** Takes a file and its digest, or an endpoint and what is to be found there; see the callers. */
    public static void main(String[] arguments) throws IOException, OrtException {
        Clock clock = new Clock();
        if (arguments[0].equals("raw")) {
            Path file = Path.of(arguments[1]);
            Clock.Cost begun = clock.now();
            byHand(file, arguments[2], sizes(arguments[3]));
            print(begun, begun, clock.now(), 0);
        } else {
            registered(clock, arguments);
        }
    }

    private static void registered(Clock clock, String[] arguments) throws IOException {
        boolean connects = arguments[0].equals("connected");
        Clock.Cost started = clock.now();
        AtomicInteger requests = new AtomicInteger();
        try (S3Client client = client(URI.create(arguments[1]), requests)) {
            if (connects) {
                client.getObjectAsBytes(request -> request.bucket(BUCKET).key(ColdStart.SMALL));
            }
            StorageNode node = S3StorageNode.bucket(BUCKET)
                    .prefix(arguments[2])
                    .client(client)
                    .pathStyle()
                    .build();
            requests.set(0);
            Clock.Cost begun = clock.now();
            try (ModelRegistry registry = ModelRegistries.builder(node)
                            .cache(LocalCache.at(Path.of(arguments[3])))
                            .open();
                    Predictor predictor = Predictors.load(registry, arguments[4])) {
                long[] sizes = sizes(arguments[5]);
                Tensor input = Tensor.ofFloats(new float[count(sizes)], sizes);
                Tensors outputs = predictor.predict(
                        Tensors.of(predictor.signature().inputs().get(0).name(), input));
                check(outputs.get(outputs.names().get(0)).floats()[0]);
                print(started, begun, clock.now(), requests.get());
            }
        }
    }

    static S3Client client(URI endpoint, AtomicInteger requests) {
        ExecutionInterceptor counting = new ExecutionInterceptor() {
            @Override
            public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                requests.incrementAndGet();
            }
        };
        return S3Client.builder()
                .endpointOverride(endpoint)
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .httpClientBuilder(Apache5HttpClient.builder())
                .overrideConfiguration(configuration -> configuration.addExecutionInterceptor(counting))
                .build();
    }

    /** The least that checks a file and computes something with it. */
    private static void byHand(Path file, String digest, long[] sizes) throws IOException, OrtException {
        MessageDigest sha256 = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha256.update(buffer, 0, read);
            }
        }
        if (!HexFormat.of().formatHex(sha256.digest()).equals(digest)) {
            throw new IOException("The file is not what was registered");
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        OrtSession session = environment.createSession(file.toString(), options);
        String input = session.getInputNames().iterator().next();
        FloatBuffer values = FloatBuffer.wrap(new float[count(sizes)]);
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, values, sizes);
                OrtSession.Result result = session.run(Map.of(input, tensor))) {
            OnnxValue output = result.get(0);
            check(((OnnxTensor) output).getFloatBuffer().get(0));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private static void check(float output) throws IOException {
        if (!Float.isFinite(output)) {
            throw new IOException("The model computed " + output);
        }
    }

    private static long[] sizes(String text) {
        return Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray();
    }

    private static int count(long[] sizes) {
        return Math.toIntExact(Arrays.stream(sizes).reduce(1, Math::multiplyExact));
    }

    private static void print(Clock.Cost started, Clock.Cost begun, Clock.Cost ended, int requests) {
        Clock.Cost first = ended.since(begun);
        Clock.Cost sdk = begun.since(started);
        System.out.println(first.wall + " " + first.processor + " " + sdk.wall + " " + sdk.processor + " "
                + started.processor + " " + requests);
    }

    /** Nanoseconds, of time and of all threads of this process. */
    private static final class Clock {
        record Cost(long wall, long processor) {
            Cost since(Cost earlier) {
                return new Cost(wall - earlier.wall, processor - earlier.processor);
            }
        }

        Cost now() {
            return new Cost(System.nanoTime(), PROCESS.getProcessCpuTime());
        }
    }
}
