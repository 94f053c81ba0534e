package io.modelregistry.inference.scoring;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.RegistryException;

/** More rows of a file failed than were allowed. The output holds their errors; a run with a higher limit goes on. */
public final class TooManyFailedRowsException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final long rows;
    private final long failedRows;

    TooManyFailedRowsException(String input, ScoringState state, long allowed, RegistryException last) {
        super(
                ErrorCode.INVALID,
                "Cannot score '%s': %s of its first %s rows failed, expected at most %s; the last one says: %s"
                        .formatted(input, state.failedRows(), state.rows(), allowed, last.getMessage()),
                last);
        this.rows = state.rows();
        this.failedRows = state.failedRows();
    }

    /** The rows that were done. */
    public long rows() {
        return rows;
    }

    /** Those of them that failed. */
    public long failedRows() {
        return failedRows;
    }
}
