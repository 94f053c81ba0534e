package io.modelregistry.inference.scoring;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;
import org.jspecify.annotations.Nullable;

/** A row of a file cannot be read; the rows around it can. */
public final class InvalidRowException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final long line;
    private final int column;

    InvalidRowException(Place place, String why, String expected, @Nullable Throwable cause) {
        super(ErrorCode.INVALID, "Cannot read %s: %s, expected %s".formatted(place.text(), why, expected), cause);
        this.line = place.line;
        this.column = place.column;
    }

    /** The line of the file in which the row begins, counted from 1. */
    public long line() {
        return line;
    }

    /** Where in that line, counted from 1: the cell of CSV, the character of JSON; 0 if that is not known. */
    public int column() {
        return column;
    }

    /**
     * Where something is wrong.
     *
     * @param line counted from 1
     * @param column counted from 1; 0 for unknown
     * @param name of the column or of the tensor; empty for unknown
     */
    record Place(long line, int column, String name) {
        private String text() {
            return "line '" + line + "'" + (column > 0 ? ", column " + column : "")
                    + (name.isEmpty() ? "" : " (" + name + ")");
        }
    }
}
