package io.modelregistry.inference.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelregistry.storage.fs.FileSystemStorageNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link FleetInstance} in a JVM of its own, over a folder; it does what it reads, a line each. */
final class FleetChild implements FleetMember {
    private static final String ANSWER = "answer ";
    private static final String RECORD = "record";

    private final Process process;
    private final Writer input;
    private final BufferedReader output;
    private final Path errors;

    private FleetChild(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.input = process.outputWriter(UTF_8);
        this.output = process.inputReader(UTF_8);
    }

    /** Starts a JVM. */
    static FleetChild start(Path store, String id, Path errors) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                FleetChild.class.getName(),
                store.toString(),
                id);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new FleetChild(builder.redirectError(errors.toFile()).start(), errors);
    }

    /** The folder of the store, and the id. */
    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (FileSystemStorageNode node = FileSystemStorageNode.at(Path.of(arguments[0]));
                FleetInstance instance = new FleetInstance(node, arguments[1])) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                if (line.equals(RECORD)) {
                    instance.record().forEach(System.out::println);
                    System.out.println(ANSWER);
                } else {
                    System.out.println(ANSWER + instance.ask(line));
                }
            }
        }
    }

    private List<String> exchange(String command) throws IOException {
        input.write(command + "\n");
        input.flush();
        List<String> lines = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.startsWith(ANSWER)) {
                return lines;
            }
        }
        throw new IOException("The child ended: " + lines + " " + Files.readString(errors));
    }

    @Override
    public String ask(String command) throws IOException {
        List<String> lines = exchange(command);
        return lines.get(lines.size() - 1).substring(ANSWER.length());
    }

    @Override
    public List<String> record() throws IOException {
        List<String> lines = exchange(RECORD);
        return lines.subList(0, lines.size() - 1);
    }

    /** Ends it at once, as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() throws IOException {
        try {
            input.close();
            process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
        } finally {
            kill();
        }
    }
}
