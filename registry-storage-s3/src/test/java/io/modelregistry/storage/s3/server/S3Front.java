package io.modelregistry.storage.s3.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An HTTP server before an S3 server: it lets one writing request through at a time (the servers of the tests check a
 * condition and write in two steps), remembers what was asked, and disturbs what it is told to.
 */
public final class S3Front implements AutoCloseable {
    private static final long LARGE = 32 << 20;
    private static final long SLOW_NANOS = 30_000_000;

    private final InetSocketAddress server;
    private final ServerSocket listening;
    private final ReadWriteLock order = new ReentrantReadWriteLock(true);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Request, HttpTrouble> plan = request -> HttpTrouble.NONE;
    private volatile Function<Request, Optional<String>> canned = request -> Optional.empty();
    private volatile BiFunction<Request, String, Optional<String>> headers = (request, line) -> Optional.of(line);
    private volatile boolean isRecording;
    private volatile boolean ignoresConditions;

    /**
     * A request that came.
     *
     * @param method such as {@code PUT}
     * @param target path and query
     * @param isConditional whether it has a condition for writing
     */
    public record Request(String method, String target, boolean isConditional) {
        @Override
        public String toString() {
            return method + " " + target + (isConditional ? " (conditional)" : "");
        }
    }

    /** A front before a server on a port of the loopback interface. */
    public S3Front(int port) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        listening = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        start("s3-front", this::accept);
    }

    /** Where it listens. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Says what is done to each request from now on. */
    public void disturb(Function<Request, HttpTrouble> how) {
        plan = how;
    }

    /** Says which requests are answered here, and with what: status line, headers and content of an answer. */
    public void answer(Function<Request, Optional<String>> how) {
        canned = how;
    }

    /** Says what becomes of each header line of the server's answers: another line, or none. */
    public void answerHeaders(BiFunction<Request, String, Optional<String>> how) {
        headers = how;
    }

    /** Passes conditions of writes on as if they were not there, as some servers take them. */
    public void ignoreConditions() {
        ignoresConditions = true;
    }

    /** Forgets what was asked, and remembers it from now on. */
    public void record() {
        requests.clear();
        isRecording = true;
    }

    /** What was asked since. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                start("s3-front-connection", () -> serve(socket));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        Socket upstream = new Socket();
        sockets.add(upstream);
        try (client;
                upstream) {
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            upstream.connect(server);
            InputStream in = new BufferedInputStream(client.getInputStream(), 64 << 10);
            OutputStream out = new BufferedOutputStream(client.getOutputStream(), 64 << 10);
            InputStream fromServer = new BufferedInputStream(upstream.getInputStream(), 64 << 10);
            OutputStream toServer = new BufferedOutputStream(upstream.getOutputStream(), 64 << 10);
            boolean goesOn = true;
            while (goesOn) {
                Optional<HttpMessage> head = HttpMessage.read(in);
                goesOn = head.isPresent() && new Exchange(head.get(), in, out, fromServer, toServer, client).run();
            }
        } catch (IOException e) {
            // The client or the server has gone, or the front was told to break the connection.
            Thread.onSpinWait();
        } finally {
            sockets.remove(client);
            sockets.remove(upstream);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One request and its answer. */
    private final class Exchange {
        private final HttpMessage head;
        private final Request request;
        private final InputStream in;
        private final OutputStream out;
        private final InputStream fromServer;
        private final OutputStream toServer;
        private final Socket client;

        Exchange(
                HttpMessage head,
                InputStream in,
                OutputStream out,
                InputStream fromServer,
                OutputStream toServer,
                Socket client) {
            boolean isConditional = "PUT".equals(head.method())
                    && (head.header("if-match").isPresent()
                            || head.header("if-none-match").isPresent());
            this.head = ignoresConditions && isConditional
                    ? head.without("if-match").without("if-none-match")
                    : head;
            request = new Request(head.method(), head.target(), isConditional);
            this.in = in;
            this.out = out;
            this.fromServer = fromServer;
            this.toServer = toServer;
            this.client = client;
        }

        /** False if the connection is over. */
        boolean run() throws IOException {
            if (isRecording) {
                requests.add(request);
            }
            byte[] body = body();
            Optional<String> ready = canned.apply(request);
            if (ready.isPresent()) {
                out.write(ready.get().getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                return false;
            }
            HttpTrouble disturbance = plan.apply(request);
            switch (disturbance) {
                case RESET_BEFORE -> {
                    return reset();
                }
                case ERROR_500 -> {
                    return answer("500 Internal Server Error", "InternalError", "");
                }
                case SLOW_DOWN -> {
                    return answer("503 Slow Down", "SlowDown", "Retry-After: 0\r\n");
                }
                case CONFLICT_409 -> {
                    return answer("409 Conflict", "ConditionalRequestConflict", "");
                }
                case SLOW -> LockSupport.parkNanos(SLOW_NANOS);
                default -> Thread.onSpinWait();
            }
            return forward(body, disturbance);
        }

        private byte[] body() throws IOException {
            if (head.hasToken("expect", "100-continue")) {
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            HttpMessage.copyBody(head, in, body);
            return body.toByteArray();
        }

        private boolean forward(byte[] body, HttpTrouble disturbance) throws IOException {
            boolean isReading = "GET".equals(head.method()) || "HEAD".equals(head.method());
            var lock = isReading ? order.readLock() : order.writeLock();
            lock.lock();
            HttpMessage answered;
            byte[] content;
            boolean isStreamed = false;
            try {
                send(body);
                answered = answerHead();
                isStreamed = disturbance == HttpTrouble.NONE && isLargeBody(answered);
                content = isStreamed ? new byte[0] : answerBody(answered);
                if (disturbance == HttpTrouble.REPEAT) {
                    send(body);
                    answered = answerHead();
                    content = answerBody(answered);
                }
            } finally {
                lock.unlock();
            }
            return isStreamed ? stream(answered) : reply(answered, content, disturbance);
        }

        private boolean isLargeBody(HttpMessage answered) {
            return "GET".equals(head.method())
                    && Long.parseLong(answered.header("content-length").orElse("0")) > LARGE;
        }

        /** Nobody has to wait for a client that takes its time. */
        private boolean stream(HttpMessage answered) throws IOException {
            answered.write(out);
            HttpMessage.copyBody(answered, fromServer, out);
            out.flush();
            return staysOpen(answered);
        }

        private void send(byte[] body) throws IOException {
            head.without("expect").write(toServer);
            new ByteArrayInputStream(body).transferTo(toServer);
            toServer.flush();
        }

        private HttpMessage answerHead() throws IOException {
            HttpMessage answer = HttpMessage.read(fromServer).orElseThrow(() -> new IOException("no answer"));
            while (answer.status() == 100) {
                answer = HttpMessage.read(fromServer).orElseThrow(() -> new IOException("no answer"));
            }
            return answer;
        }

        private byte[] answerBody(HttpMessage answered) throws IOException {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            if (!"HEAD".equals(head.method()) && answered.status() != 204 && answered.status() != 304) {
                HttpMessage.copyBody(answered, fromServer, content);
            }
            return content.toByteArray();
        }

        private boolean reply(HttpMessage answered, byte[] content, HttpTrouble disturbance) throws IOException {
            switch (disturbance) {
                case LOSE_REPLY -> {
                    return reset();
                }
                case ERROR_500_AFTER -> {
                    return answer("500 Internal Server Error", "InternalError", "");
                }
                case HANG -> {
                    while (in.read() >= 0) {
                        Thread.onSpinWait(); // until the client gives up
                    }
                    return false;
                }
                case TRUNCATE -> {
                    answered.write(out);
                    out.write(content, 0, content.length / 2);
                    out.flush();
                    return false;
                }
                default -> {
                    answered.withHeaders(line -> headers.apply(request, line)).write(out);
                    out.write(content);
                    out.flush();
                    return staysOpen(answered);
                }
            }
        }

        private boolean staysOpen(HttpMessage answered) {
            return !head.hasToken("connection", "close") && !answered.hasToken("connection", "close");
        }

        private boolean reset() throws IOException {
            client.setSoLinger(true, 0);
            client.close();
            return false;
        }

        private boolean answer(String status, String code, String headers) throws IOException {
            String text = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>as told</Message></Error>";
            String content = "HEAD".equals(head.method()) ? "" : text;
            out.write(("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\n" + headers + "Content-Length: "
                            + content.length() + "\r\n\r\n" + content)
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return true;
        }
    }
}
