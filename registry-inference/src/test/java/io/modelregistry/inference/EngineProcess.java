package io.modelregistry.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM that runs {@link EngineChild}, with the class path of this one less some jars. Its class path is not on its
 * command line, whose length is therefore that of its arguments; what it leaves behind lies in a folder of its own.
 */
final class EngineProcess {
    static final String TELEMETRY = "ORT_DISABLE_TELEMETRY";

    private static final int LIMIT_SECONDS = 240;

    private final Path folder;
    private final List<String> without = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private final ProcessBuilder builder = new ProcessBuilder();

    /**
     * A process that is yet to be started.
     *
     * @param folder an empty one, for its temporary files and what it prints
     */
    EngineProcess(Path folder) {
        this.folder = folder;
        builder.directory(folder.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("TMPDIR", folder.toString());
        // Port 9 discards: the runtime's telemetry gets nowhere.
        builder.environment().put("https_proxy", "http://127.0.0.1:9");
        builder.environment().put(TELEMETRY, "1");
        flags.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + folder));
        if (Runtime.version().feature() >= 22) {
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
    }

    /** Takes the jars whose names begin so off the class path. */
    EngineProcess without(String... jars) {
        without.addAll(List.of(jars));
        return this;
    }

    /** Adds arguments of the JVM. */
    EngineProcess flags(List<String> more) {
        flags.addAll(more);
        return this;
    }

    /** Sets a variable of the environment. */
    EngineProcess variable(String name, String value) {
        builder.environment().put(name, value);
        return this;
    }

    /** Takes a variable out of the environment. */
    EngineProcess withoutVariable(String name) {
        builder.environment().remove(name);
        return this;
    }

    /** Does the tasks and returns the lines that were printed, less the last one, which says that all was done. */
    List<String> run(List<String> tasks) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add(EngineChild.class.getName());
        command.addAll(tasks);
        Path output = folder.resolve("child-output.txt");
        Path errors = folder.resolve("child-errors.txt");
        builder.environment().put("CLASSPATH", classPath());
        Process process = builder.command(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("the child ends: %s", Files.readString(errors))
                    .isTrue();
        } finally {
            process.destroyForcibly();
            process.onExit().join();
        }
        List<String> lines = Files.readAllLines(output);
        assertThat(process.exitValue())
                .as("exit status of the child, which printed %s and %s", lines, Files.readString(errors))
                .isZero();
        assertThat(lines).endsWith("done");
        assertThat(Files.readString(errors)).doesNotContain("StackOverflowError", "Exception in thread");
        return lines.subList(0, lines.size() - 1);
    }

    private String classPath() {
        return classPathEntries()
                .filter(Predicate.not(
                        entry -> without.stream().anyMatch(jar -> name(entry).startsWith(jar))))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** What is on the class path of this JVM. */
    static Stream<String> classPathEntries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
    }

    /** The file name of an entry of the class path. */
    static String name(String entry) {
        return String.valueOf(Path.of(entry).getFileName());
    }
}
