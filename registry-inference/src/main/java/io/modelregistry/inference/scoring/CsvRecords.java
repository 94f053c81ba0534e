package io.modelregistry.inference.scoring;

import io.modelregistry.inference.scoring.LineReader.Line;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes CSV apart as RFC 4180 describes it, strictly: a quote opens a cell or is an error, and only a delimiter or the
 * end of the record may follow a closing one. Lines end with LF or CRLF; a line without any character is skipped.
 *
 * <p>What is wrong with a record is confined to its first line: reading goes on with the line behind it, so that a
 * quote that nobody closes costs one row and not the rest of the file.
 */
final class CsvRecords implements Closeable {
    /**
     * A record, or what is wrong with it.
     *
     * @param line the number of its first line
     * @param end where reading goes on behind it
     * @param lastLine the number of its last line
     * @param cells the cells without their quotes; empty if there is a problem
     * @param problem what is wrong; null for nothing
     * @param column the cell that is wrong, counted from 1
     */
    record CsvRecord(
            long line,
            long end,
            long lastLine,
            List<String> cells,
            @Nullable String problem,
            int column) {}

    private final LineReader lines;
    private final char delimiter;
    private final Deque<Line> pushedBack = new ArrayDeque<>();

    CsvRecords(LineReader lines, char delimiter) {
        this.lines = lines;
        this.delimiter = delimiter;
    }

    /** The next record; null at the end. */
    @Nullable
    CsvRecord next() throws IOException {
        Line first = nextLine();
        while (first != null && !first.isTooLong() && isEmpty(first)) {
            first = nextLine();
        }
        if (first == null) {
            return null;
        }
        if (first.isTooLong()) {
            return broken(first, "it is longer than " + lines.longest() + " bytes", 1);
        }
        return record(first);
    }

    private static boolean isEmpty(Line line) {
        return line.bytes().length == 0 || (line.bytes().length == 1 && line.bytes()[0] == '\r');
    }

    private @Nullable Line nextLine() throws IOException {
        return pushedBack.isEmpty() ? lines.next() : pushedBack.remove();
    }

    private CsvRecord record(Line first) throws IOException {
        CsvCells cells = new CsvCells(delimiter);
        Deque<Line> more = new ArrayDeque<>();
        Line last = first;
        long size = 0;
        while (true) {
            size += last.bytes().length + 1L;
            String problem = cells.add(last.bytes());
            if (problem == null && !cells.isOpen()) {
                return new CsvRecord(first.number(), last.end(), last.number(), cells.all(), null, 0);
            }
            Line next = problem == null ? nextLine() : null;
            if (next != null) {
                more.add(next);
            }
            if (next == null || next.isTooLong() || size + next.bytes().length > lines.longest()) {
                while (!more.isEmpty()) {
                    pushedBack.addFirst(more.removeLast());
                }
                return broken(first, problem == null ? "its quote is not closed" : problem, cells.column());
            }
            last = next;
        }
    }

    private static CsvRecord broken(Line line, String problem, int column) {
        return new CsvRecord(line.number(), line.end(), line.number(), List.of(), problem, column);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
