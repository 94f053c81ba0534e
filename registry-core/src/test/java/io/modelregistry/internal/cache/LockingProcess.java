package io.modelregistry.internal.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Another process that has locked a file, and does not get on until it is closed. */
final class LockingProcess implements AutoCloseable {
    private static final String LOCKED = "locked";

    private final Process process;

    private LockingProcess(Process process) {
        this.process = process;
    }

    static LockingProcess start(Path file) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-Xmx16m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LockingProcess.class.getName(),
                file.toString());
        LockingProcess started = new LockingProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        BufferedReader output = new BufferedReader(new InputStreamReader(started.process.getInputStream(), UTF_8));
        if (!LOCKED.equals(output.readLine())) {
            started.close();
            throw new IOException("The process did not lock '" + file + "', expected it to");
        }
        return started;
    }

    /** Locks the file until the input ends. */
    public static void main(String[] arguments) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            System.out.println(lock.isValid() ? LOCKED : "not locked");
            int ended = System.in.read();
            System.out.println(ended);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
