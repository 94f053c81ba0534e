package io.modelregistry.inference.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs a probe of memory in a JVM of its own, whose heap has one size from the start and is all resident. */
final class ProbeProcess {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** The optimising compiler takes memory of its own for as long as it finds something to compile. */
    static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

    private ProbeProcess() {}

    /** Only Linux has the file that tells what is resident. */
    static void requireResidentSize() {
        assumeThat(STATUS).exists();
    }

    /** Runs the main method of a class and returns the lines that it printed. */
    static List<String> run(Class<?> probe, String compiler, Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                compiler,
                "-Xms96m",
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:+AlwaysPreTouch",
                "-XX:MaxDirectMemorySize=64m"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), probe.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor())
                .as("exit status of the probe, which printed %s", output)
                .isZero();
        return output.lines().toList();
    }

    /** In a probe: how many kilobytes of this process are resident, by a name such as {@code VmRSS}. */
    static long residentKilobytes(String name) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
