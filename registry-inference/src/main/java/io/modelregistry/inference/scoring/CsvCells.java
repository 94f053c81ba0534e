package io.modelregistry.inference.scoring;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cells of one CSV record, which arrives line by line. */
final class CsvCells {
    private enum State {
        START,
        PLAIN,
        QUOTED,
        CLOSED
    }

    private final char delimiter;
    private final List<String> cells = new ArrayList<>();
    private final StringBuilder cell = new StringBuilder();
    private State state = State.START;
    private boolean ended;

    CsvCells(char delimiter) {
        this.delimiter = delimiter;
    }

    /** Whether the record goes on in the next line. */
    boolean isOpen() {
        return !ended;
    }

    /** The cells of a record that is not open. */
    List<String> all() {
        return List.copyOf(cells);
    }

    /** The cell that is being read, counted from 1. */
    int column() {
        return cells.size() + 1;
    }

    /** Adds a line without its line feed, and returns what is wrong with it; null for nothing. */
    @Nullable
    String add(byte[] line) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            return "it is not UTF-8";
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' && i == text.length() - 1 && state != State.QUOTED) {
                break;
            }
            if (!accept(c)) {
                return state == State.CLOSED
                        ? "something follows its closing quote"
                        : "a quote stands inside a cell that does not begin with one";
            }
        }
        if (state == State.QUOTED) {
            cell.append('\n');
        } else {
            endCell();
            ended = true;
        }
        return null;
    }

    private boolean accept(char c) {
        if (state == State.QUOTED) {
            if (c == '"') {
                state = State.CLOSED;
            } else {
                cell.append(c);
            }
        } else if (c == delimiter) {
            endCell();
        } else if (c == '"') {
            if (state == State.PLAIN) {
                return false;
            }
            if (state == State.CLOSED) {
                cell.append('"');
            }
            state = State.QUOTED;
        } else if (state == State.CLOSED) {
            return false;
        } else {
            cell.append(c);
            state = State.PLAIN;
        }
        return true;
    }

    private void endCell() {
        cells.add(cell.toString());
        cell.setLength(0);
        state = State.START;
    }
}
