package io.modelregistry.storage.fs;

import io.modelregistry.ModelRegistries;
import io.modelregistry.lifecycle.Stage;
import io.modelregistry.model.FieldValue;
import io.modelregistry.registry.ExpectedRevision;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Another process that changes one model in several threads, and prints a line for each change that was acknowledged.
 */
final class FileSystemRegistryWorker {
    static final String MODEL = "shared";
    static final String READY = "ready";

    private final ModelRegistry registry;
    private final String name;

    private FileSystemRegistryWorker(ModelRegistry registry, String name) {
        this.registry = registry;
        this.name = name;
    }

    /** Arguments: the root, the name of the process, how many threads, how many rounds in each. */
    public static void main(String[] arguments) throws Exception {
        int threads = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        try (ModelRegistry registry = ModelRegistries.open(FileSystemStorageNode.at(Path.of(arguments[0])))) {
            FileSystemRegistryWorker worker = new FileSystemRegistryWorker(registry, arguments[1]);
            say(READY);
            if (System.in.read() < 0) {
                return;
            }
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            try {
                List<Future<?>> done = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    String id = worker.name + "-" + thread;
                    done.add(pool.submit(() -> worker.work(id, rounds)));
                }
                for (Future<?> future : done) {
                    future.get();
                }
            } finally {
                pool.shutdownNow(); // also after a failure, or this process would never end
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void work(String id, int rounds) {
        for (int round = 0; round < rounds; round++) {
            String content = id + "-" + round;
            RegisteredVersion version = registry.register(Registration.of(MODEL)
                    .file("model.bin", content.getBytes(StandardCharsets.UTF_8))
                    .because(content)
                    .build());
            say("registered " + version.version() + " " + content);
            registry.move(version.ref(), Stage.PRODUCTION).because(content).commit();
            say("promoted " + version.version() + " " + content);
            if (round % 5 == 4) {
                registry.aliases(MODEL).set("of-" + id, version.version().toString());
                say("aliased of-" + id + " " + version.version());
                registry.edit(MODEL).facts(ExpectedRevision.any(), facts -> {
                    Map<String, FieldValue> fields = new TreeMap<>(facts.fields());
                    fields.put(content, FieldValue.of(id));
                    return facts.withFields(fields);
                });
                say("edited " + content + " " + id);
            }
        }
    }
}
