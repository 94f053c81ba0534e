package io.modelregistry.storm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelregistry.storage.contract.SharedStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A {@link StormWorker} in a JVM of its own. Killed when it is closed. */
final class StormProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final Path errors;

    private StormProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    static StormProcess start(SharedStore store, StormWorker.Task task) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx192m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StormWorker.class.getName()));
        command.add(store.opener().getName());
        command.add(Integer.toString(store.arguments().size()));
        command.addAll(store.arguments());
        command.addAll(task.arguments());
        Path errors = Files.createTempFile("storm", ".log");
        return new StormProcess(
                new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
    }

    /** Waits until the store is open. */
    void awaitReady() throws IOException {
        String line = output.readLine();
        if (!StormWorker.READY.equals(line)) {
            throw new IOException("The worker said " + line + ", expected that it is ready: " + errors());
        }
    }

    /** Lets the worker begin. */
    void begin() throws IOException {
        Writer input = process.outputWriter();
        input.write("go\n");
        input.flush();
    }

    /** Adds what the worker was told next; false at its end. */
    boolean hear(List<Deed> deeds) throws IOException {
        String line = output.readLine();
        if (line == null) {
            return false;
        }
        Optional<Deed> deed = Deed.parse(line);
        deed.ifPresent(deeds::add);
        return true;
    }

    /** Adds all that the worker was told until its end. */
    void hearAll(List<Deed> deeds) throws IOException {
        boolean more = true;
        while (more) {
            more = hear(deeds);
        }
    }

    /** Lets it go on for a moment; whether it ended by itself in that time. */
    boolean endsWithin(long micros) throws InterruptedException {
        return process.waitFor(micros, TimeUnit.MICROSECONDS);
    }

    /** Ends it at once; what it has printed can still be read. */
    void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Waits for its end, and says how it ended. */
    int exitStatus() {
        return process.onExit().join().exitValue();
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() throws IOException {
        kill();
        output.close();
        Files.deleteIfExists(errors);
    }
}
