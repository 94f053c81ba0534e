package io.modelregistry.inference.deployment;

import io.modelregistry.inference.Tensors;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a {@link SwapStorm} blows on: something that serves one of a few versions, which are numbered from 0. */
interface SwapSubject extends AutoCloseable {
    /** How many versions there are. */
    int versions();

    /** What a version answers to a row, computed by nobody else. */
    float[] expected(int version, Tensors row);

    Answer predict(Tensors row);

    CompletableFuture<Answer> predictAsync(Tensors row);

    List<Answer> predictBatch(List<Tensors> rows);

    /** Returns when only this version serves. */
    void swap(int version);

    SessionCount sessions();

    /** Serves no longer. */
    @Override
    void close();

    /** What came back, and which version says that it gave it. */
    record Answer(int version, float[] values) {}
}
