package io.modelregistry.storage.s3.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The head of an HTTP/1.1 message, as it came.
 *
 * @param startLine the request line or the status line
 * @param headers the header lines
 */
record HttpMessage(String startLine, List<String> headers) {
    private static final int MOST_HEAD = 64 << 10;

    /** Reads a head; empty if the connection has ended before it. */
    static Optional<HttpMessage> read(InputStream in) throws IOException {
        String start = line(in);
        if (start == null) {
            return Optional.empty();
        }
        List<String> headers = new ArrayList<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            headers.add(line);
        }
        return Optional.of(new HttpMessage(start, headers));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("The connection ended within a line");
            }
            if (next != '\r') {
                line.write(next);
            }
            if (line.size() > MOST_HEAD) {
                throw new IOException("A header is too long");
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    Optional<String> header(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return headers.stream()
                .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(start))
                .map(header -> header.substring(start.length()).strip())
                .findFirst();
    }

    boolean hasToken(String name, String token) {
        return header(name)
                .map(value -> value.toLowerCase(Locale.ROOT).contains(token))
                .orElse(false);
    }

    String method() {
        return startLine.substring(0, startLine.indexOf(' '));
    }

    String target() {
        return startLine.substring(startLine.indexOf(' ') + 1, startLine.lastIndexOf(' '));
    }

    int status() {
        return Integer.parseInt(startLine.split(" ", 3)[1]);
    }

    void write(OutputStream out) throws IOException {
        StringBuilder text = new StringBuilder(startLine).append("\r\n");
        headers.forEach(header -> text.append(header).append("\r\n"));
        out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The head with another header, or another value of one. */
    HttpMessage with(String name, String value) {
        List<String> changed = new ArrayList<>(headers);
        changed.removeIf(header -> header.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"));
        changed.add(name + ": " + value);
        return new HttpMessage(startLine, changed);
    }

    /** The head with what becomes of each of its header lines. */
    HttpMessage withHeaders(Function<String, Optional<String>> how) {
        return new HttpMessage(
                startLine,
                headers.stream().flatMap(line -> how.apply(line).stream()).toList());
    }

    /** The head without a header. */
    HttpMessage without(String name) {
        List<String> changed = new ArrayList<>(headers);
        changed.removeIf(header -> header.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"));
        return new HttpMessage(startLine, changed);
    }

    /** Passes the body of a message on, byte by byte as it is framed, and returns how many bytes it has. */
    static long copyBody(HttpMessage head, InputStream in, OutputStream out) throws IOException {
        if (head.hasToken("transfer-encoding", "chunked")) {
            return copyChunks(in, out);
        }
        long length = Long.parseLong(head.header("content-length").orElse("0"));
        copy(in, out, length);
        return length;
    }

    private static long copyChunks(InputStream in, OutputStream out) throws IOException {
        long all = 0;
        while (true) {
            String line = line(in);
            if (line == null) {
                throw new EOFException("The connection ended within a chunked body");
            }
            out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            long size = Long.parseLong(line.split(";", 2)[0].strip(), 16);
            if (size == 0) {
                for (String trailer = line(in); trailer != null; trailer = line(in)) {
                    out.write((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    if (trailer.isEmpty()) {
                        break;
                    }
                }
                return all;
            }
            copy(in, out, size + 2);
            all += size;
        }
    }

    static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[64 << 10];
        long left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("The connection ended " + left + " bytes early");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }
}
