package io.modelregistry.storage.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that has opened a store, waits for the start, and then does one {@link ChildTask}. Killed when it is
 * closed.
 */
final class ChildProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final Path errors;

    private ChildProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /** Starts a JVM with so much heap, in MiB. */
    static ChildProcess start(SharedStore store, int heap, List<String> task) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + heap + "m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildTask.class.getName()));
        command.add(store.opener().getName());
        command.add(Integer.toString(store.arguments().size()));
        command.addAll(store.arguments());
        command.addAll(task);
        Path errors = Files.createTempFile("child", ".log");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        return new ChildProcess(process, errors);
    }

    /** Waits until the store is open, so that many children can start together. */
    void awaitReady() throws IOException {
        String line = nextLine();
        if (!ChildTask.READY.equals(line)) {
            throw new IOException(
                    "The child said " + line + ", expected that it is ready: " + Files.readString(errors));
        }
    }

    /** Lets the child begin. */
    void begin() throws IOException {
        Writer input = process.outputWriter();
        input.write("go\n");
        input.flush();
    }

    /** The next line that the child prints; null at its end. */
    String nextLine() throws IOException {
        return output.readLine();
    }

    /** Waits until the child ends well, and returns what it printed. */
    List<String> finish() throws Exception {
        List<String> lines = new ArrayList<>();
        for (String line = nextLine(); line != null; line = nextLine()) {
            lines.add(line);
        }
        if (!process.waitFor(240, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("The child failed: " + lines + " " + Files.readString(errors));
        }
        return lines;
    }

    /** Ends the child at once, whatever it is doing; what it has printed can still be read. */
    void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() throws IOException {
        kill();
        output.close();
        Files.deleteIfExists(errors);
    }
}
