package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.deployment.DeployedSubject.Manner;
import io.modelregistry.inference.onnx.TellingModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM of its own that is put through swaps, so that its death is seen and its resident size is that of nothing else:
 * the heap has one size from the start.
 */
final class SwapStormProcess {
    static final Path STATUS = Path.of("/proc/self/status");

    private static final String STORM = "storm";
    private static final String MEMORY = "memory";

    private SwapStormProcess() {}

    /** Takes {@code storm} with a manner and a plan, or {@code memory} with a number of swaps and of looks. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals(STORM)) {
            Manner manner = Manner.valueOf(args[1]);
            System.out.println(blow(
                    manner,
                    new SwapStorm.Plan(
                            Integer.parseInt(args[2]),
                            Integer.parseInt(args[3]),
                            Long.parseLong(args[4]),
                            Long.parseLong(args[5]),
                            Long.parseLong(args[6]))));
        } else {
            look(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        }
    }

    /** Blows in this process. */
    static SwapStorm.Result blow(Manner manner, SwapStorm.Plan plan) throws Exception {
        DeployedSubject subject = new DeployedSubject(manner);
        SwapStorm.Result result = new SwapStorm(manner.name(), subject, plan).blow();
        assertThat(subject.told()).as("answers that the metrics heard of").isEqualTo(result.predictions());
        return result;
    }

    /** Blows in a process of its own, and returns what it printed. */
    static List<String> storm(Manner manner, SwapStorm.Plan plan) throws IOException, InterruptedException {
        return run(
                List.of("-Xmx256m"),
                List.of(
                        STORM,
                        manner.name(),
                        Integer.toString(plan.clients()),
                        Integer.toString(plan.swaps()),
                        Long.toString(plan.predictions()),
                        Long.toString(plan.seed()),
                        Long.toString(plan.patienceSeconds())));
    }

    /** The resident kilobytes of a process of its own after each part of so many swaps. */
    static List<Long> memory(int swaps, int looks) throws IOException, InterruptedException {
        // The optimising compiler takes memory of its own for as long as it finds something to compile.
        return run(
                        List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1"),
                        List.of(MEMORY, Integer.toString(swaps), Integer.toString(looks)))
                .stream()
                .map(Long::parseLong)
                .toList();
    }

    private static void look(int swaps, int looks) throws IOException {
        Tensors row = Tensors.of("x", new float[1][TellingModels.INPUTS]);
        try (DeployedSubject subject = new DeployedSubject(Manner.PLAIN)) {
            for (int swap = 1; swap <= swaps; swap++) {
                subject.swap(swap % subject.versions());
                subject.predict(row);
                if (swap % (swaps / looks) == 0) {
                    System.out.println(residentKilobytes());
                }
            }
        }
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> run(List<String> flags, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC"));
        command.addAll(flags);
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SwapStormProcess.class.getName()));
        command.addAll(arguments);
        Path errors = Files.createTempFile("swap-storm", ".log");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("exit status, after %s and %s", output, Files.readString(errors))
                    .isZero();
            return output.lines().toList();
        } finally {
            process.destroyForcibly();
            process.onExit().join();
            Files.delete(errors);
        }
    }
}
