package io.modelregistry.inference.scoring;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of a file of some format. For one thread at a time. */
interface RowReader extends Closeable {
    /** The next row; null at the end. */
    @Nullable
    InputRow next() throws IOException;
}
