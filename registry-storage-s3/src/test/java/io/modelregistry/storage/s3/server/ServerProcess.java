package io.modelregistry.storage.s3.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, on a free port of the loopback interface; it ends with this process. */
final class ServerProcess {
    /** The access key that every server of the tests knows. */
    static final String ACCESS_KEY = "AKIDREGISTRYTESTS";
    /** Its secret. */
    static final String SECRET_KEY = "registry-tests-secret";

    private static final Path JARS = Path.of("target", "servers").toAbsolutePath();
    private static final int REMEMBERED_LINES = 50;

    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** s3proxy over memory; it checks signatures. */
    static ServerProcess s3proxy() throws IOException {
        Path properties = Files.createTempFile("s3proxy", ".properties");
        properties.toFile().deleteOnExit();
        Files.writeString(properties, """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=transient
                jclouds.identity=unused
                jclouds.credential=unused
                """.formatted(ACCESS_KEY, SECRET_KEY));
        return start(
                "s3proxy.jar",
                Pattern.compile("Started .*ServerConnector@.*\\{127\\.0\\.0\\.1:(\\d+)}"),
                List.of("org.gaul.s3proxy.Main", "--properties", properties.toString()));
    }

    /** s3mock over a temporary folder; it checks no signatures. */
    static ServerProcess s3mock() throws IOException {
        return start(
                "s3mock.jar",
                Pattern.compile("Tomcat started on ports .*?(\\d+) \\(http\\)"),
                List.of("org.springframework.boot.loader.launch.JarLauncher", "--server.port=0", "--http.port=0"));
    }

    private static ServerProcess start(String jar, Pattern started, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classFolder() + System.getProperty("path.separator") + JARS.resolve(jar),
                HostedServer.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Deque<String> last = new ArrayDeque<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = started.matcher(line);
            if (matcher.find()) {
                drain(output);
                return new ServerProcess(process, Integer.parseInt(matcher.group(1)));
            }
            last.add(line);
            if (last.size() > REMEMBERED_LINES) {
                last.remove();
            }
        }
        process.destroyForcibly();
        throw new IOException(jar + " did not start:\n" + String.join("\n", last));
    }

    private static String classFolder() {
        try {
            return Path.of(HostedServer.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void drain(BufferedReader output) {
        Thread reader = new Thread(
                () -> {
                    try {
                        while (output.readLine() != null) {
                            Thread.onSpinWait();
                        }
                    } catch (IOException e) {
                        Thread.currentThread().interrupt(); // The server was ended while it said something.
                    }
                },
                "server-output");
        reader.setDaemon(true);
        reader.start();
    }
}
