package io.modelregistry.inference;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web proxy on the loopback interface that answers nothing and remembers what it was asked for. */
final class RecordingProxy {
    private final ServerSocket server;
    private final Thread thread = new Thread(this::serve, "recording-proxy");
    private final List<String> requests = new CopyOnWriteArrayList<>();

    RecordingProxy() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        thread.start();
    }

    /** What a JVM must be started with to ask this proxy. */
    List<String> flags() {
        String host = server.getInetAddress().getHostAddress();
        return List.of(
                "-Dhttp.proxyHost=" + host,
                "-Dhttp.proxyPort=" + server.getLocalPort(),
                "-Dhttps.proxyHost=" + host,
                "-Dhttps.proxyPort=" + server.getLocalPort());
    }

    /** The first lines of all requests so far. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    BufferedReader reader = new BufferedReader(
                            new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1))) {
                requests.add(String.valueOf(reader.readLine()));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    requests.add(e.toString());
                }
            }
        }
    }

    void stop() throws IOException, InterruptedException {
        server.close();
        thread.join();
    }
}
