package io.modelregistry.storm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelregistry.ModelRegistries;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.NodeOpener;
import io.modelregistry.storage.contract.Race;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;

/**
 * A process of a storm: opens a store, waits for a line, works in several threads, and prints a line for each change
 * after it was acknowledged.
 */
public final class StormWorker {
    /** What it prints when it is ready to begin. */
    static final String READY = "ready";

    /** Says that it shall work until it is killed. */
    static final String NOWHERE = "-";

    private static final int FAILED = 1;

    private StormWorker() {}

    /**
     * What a process does.
     *
     * @param plan what each of its threads does, apart from the name
     * @param spot where it ends, or {@link #NOWHERE}
     */
    record Task(StormWork.Plan plan, int threads, String spot) {
        List<String> arguments() {
            return List.of(
                    plan.name(),
                    Integer.toString(plan.commits()),
                    Integer.toString(plan.models()),
                    Long.toString(plan.seed()),
                    Integer.toString(threads),
                    spot);
        }

        static Task of(List<String> arguments) {
            StormWork.Plan plan = new StormWork.Plan(
                    arguments.get(0),
                    Integer.parseInt(arguments.get(1)),
                    Integer.parseInt(arguments.get(2)),
                    Long.parseLong(arguments.get(3)));
            return new Task(plan, Integer.parseInt(arguments.get(4)), arguments.get(5));
        }

        StormWork.Plan ofThread(int thread) {
            return new StormWork.Plan(plan.name() + "-" + thread, plan.commits(), plan.models(), plan.seed());
        }
    }

    /** Arguments: the class of the opener, the number of its arguments, these, and those of the task. */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        List<String> all = List.of(arguments);
        NodeOpener opener = Class.forName(arguments[0])
                .asSubclass(NodeOpener.class)
                .getConstructor()
                .newInstance();
        Task task = Task.of(all.subList(2 + count, all.size()));
        try (StorageNode node = opener.open(all.subList(2, 2 + count));
                ModelRegistry registry = open(node, task.spot)) {
            System.out.println(READY);
            new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
            work(registry, task, System.out);
        }
    }

    private static ModelRegistry open(StorageNode node, String spot) {
        StorageNode used = spot.equals(NOWHERE) ? node : new HaltingNode(node, HaltingNode.Spot.parse(spot));
        return ModelRegistries.builder(used).leaveNodeOpen().open();
    }

    private static void work(ModelRegistry registry, Task task, PrintStream output) throws Exception {
        Race.of(task.threads).run(thread -> {
            try {
                new StormWork(registry, task.ofThread(thread), deed -> say(output, deed)).run();
                return true;
            } catch (RuntimeException e) {
                e.printStackTrace();
                Runtime.getRuntime().halt(FAILED); // What the other threads still do is of no use.
                throw e;
            }
        });
    }

    private static void say(PrintStream output, Deed deed) {
        byte[] line = (deed.line() + "\n").getBytes(UTF_8);
        synchronized (output) {
            output.write(line, 0, line.length); // one call, so that lines stay whole
            output.flush();
        }
    }
}
