package io.modelregistry.storm;

import io.modelregistry.ModelRegistries;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.contract.ForwardingNode;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.Race;
import io.modelregistry.storage.contract.SharedStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Workers over one store, and a registry that looks at it afterwards. */
public interface Crowd {
    /** Lets all work at once until each has made its commits, and returns what they were told. */
    List<Deed> work(Size size) throws Exception;

    /** The store, opened anew; the caller closes it. */
    StorageNode open() throws IOException;

    /**
     * How many they are, and what they do.
     *
     * @param processes how many processes, or registries if there is one process
     * @param threads how many threads in each
     * @param models how many models they share
     * @param commits how many commits they make together
     */
    record Size(int processes, int threads, int models, int commits) {
        StormWorker.Task task(int process, long seed) {
            int each = (commits + processes * threads - 1) / (processes * threads);
            StormWork.Plan plan = new StormWork.Plan("p" + process, each, models, seed);
            return new StormWorker.Task(plan, threads, StormWorker.NOWHERE);
        }
    }

    /** Workers in processes of their own. */
    static Crowd ofProcesses(SharedStore store, long seed) {
        return new Crowd() {
            @Override
            public List<Deed> work(Size size) throws Exception {
                List<StormProcess> processes = new ArrayList<>();
                try {
                    for (int process = 0; process < size.processes; process++) {
                        processes.add(StormProcess.start(store, size.task(process, seed)));
                    }
                    for (StormProcess process : processes) {
                        process.awaitReady();
                    }
                    return Race.of(size.processes).run(process -> finished(processes.get(process))).stream()
                            .flatMap(List::stream)
                            .toList();
                } finally {
                    for (StormProcess process : processes) {
                        process.close();
                    }
                }
            }

            @Override
            public StorageNode open() throws IOException {
                return store.open();
            }
        };
    }

    private static List<Deed> finished(StormProcess process) throws IOException {
        List<Deed> deeds = new ArrayList<>();
        process.begin();
        process.hearAll(deeds);
        if (process.exitStatus() != 0) {
            throw new AssertionError("A worker failed: " + process.errors());
        }
        return deeds;
    }

    /** Workers in this process, with registries that know nothing of each other. */
    static Crowd ofThreads(StorageNode node, long seed) {
        return ofThreads(
                node,
                seed,
                over -> ModelRegistries.builder(over).leaveNodeOpen().open());
    }

    /** Workers in this process, with registries of any kind. */
    static Crowd ofThreads(StorageNode node, long seed, Function<StorageNode, ModelRegistry> registries) {
        return new Crowd() {
            @Override
            public List<Deed> work(Size size) throws Exception {
                List<Deed> deeds = Collections.synchronizedList(new ArrayList<>());
                List<ModelRegistry> opened = new ArrayList<>();
                try {
                    for (int process = 0; process < size.processes; process++) {
                        opened.add(registries.apply(node));
                    }
                    Race.of(size.processes * size.threads).run(thread -> {
                        int process = thread / size.threads;
                        StormWork.Plan plan = size.task(process, seed).ofThread(thread % size.threads);
                        new StormWork(opened.get(process), plan, deeds::add).run();
                        return true;
                    });
                } finally {
                    opened.forEach(ModelRegistry::close);
                }
                return List.copyOf(deeds);
            }

            @Override
            public StorageNode open() {
                return new ForwardingNode(node); // Closing it leaves the store to the test.
            }
        };
    }
}
