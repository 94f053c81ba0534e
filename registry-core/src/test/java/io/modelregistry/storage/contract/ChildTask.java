package io.modelregistry.storage.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelregistry.storage.Content;
import io.modelregistry.storage.OpenObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.WriteConflictException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** What a {@link ChildProcess} runs: opens a node, says that it is ready, waits for a line, does one task. */
public final class ChildTask {
    /** What the child prints when it has opened its node. */
    static final String READY = "ready";

    private final StorageNode node;
    private final PrintStream output;

    private ChildTask(StorageNode node, PrintStream output) {
        this.node = node;
        this.output = output;
    }

    /** Arguments: the class of the opener, the number of its arguments, these, the name of the task, its arguments. */
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        List<String> all = List.of(arguments);
        NodeOpener opener = Class.forName(arguments[0])
                .asSubclass(NodeOpener.class)
                .getConstructor()
                .newInstance();
        try (StorageNode node = opener.open(all.subList(2, 2 + count))) {
            System.out.println(READY);
            new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
            new ChildTask(node, System.out).run(all.subList(2 + count, all.size()));
        }
    }

    private void run(List<String> task) throws IOException {
        switch (task.get(0)) {
            case "count" -> count(StorageKey.of(task.get(1)), Integer.parseInt(task.get(2)));
            case "create" -> create(task.get(1), Integer.parseInt(task.get(2)), task.get(3));
            case "stream" -> stream(StorageKey.of(task.get(1)), Long.parseLong(task.get(2)));
            case "generations" -> generations(StorageKey.of(task.get(1)), StorageKey.of(task.get(2)));
            default -> throw new IllegalArgumentException("No such task: " + task);
        }
    }

    private void count(StorageKey key, int increments) throws IOException {
        for (int i = 0; i < increments; i++) {
            ThreadRaceContract.increment(node, key);
        }
        output.println("counted");
    }

    private void create(String prefix, int rounds, String name) throws IOException {
        for (int round = 0; round < rounds; round++) {
            try {
                node.write(StorageKey.of(prefix + "/" + round), ContractSubject.text(name), WriteCondition.ifAbsent());
                output.println(round);
            } catch (WriteConflictException e) {
                if (!e.getMessage().contains(prefix + "/" + round)) {
                    throw new IllegalStateException("The refusal does not name its key", e);
                }
            }
        }
    }

    private void stream(StorageKey key, long size) throws IOException {
        PatternContent content = new PatternContent(size, size);
        node.write(key, content, WriteCondition.unconditional());
        try (OpenObject opened = node.open(key)) {
            if (opened.object().size() != size || !content.isIn(opened.stream())) {
                throw new IllegalStateException("What was read is not what was written");
            }
        }
        output.println("streamed");
    }

    /**
     * Writes ever new generations of an object, and after each counts up a document that is acknowledged on the output.
     */
    private void generations(StorageKey key, StorageKey counter) throws IOException {
        for (int i = 1; ; i++) {
            byte[] bytes = new byte[1 << 20];
            Arrays.fill(bytes, (byte) i);
            node.write(key, Content.of(bytes), WriteCondition.unconditional());
            ThreadRaceContract.increment(node, counter);
            output.println(i);
        }
    }
}
