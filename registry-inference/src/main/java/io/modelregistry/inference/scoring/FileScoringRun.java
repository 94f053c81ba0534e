package io.modelregistry.inference.scoring;

import io.modelregistry.inference.Outcome;
import io.modelregistry.inference.Predictor;
import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.scoring.OrderedBatches.Scored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One run over a file.
 *
 * <p>The order of writes is what makes it resumable: results are appended and forced to the disk before the progress
 * file says that they are there. So the output is always at least as long as the progress file says, unless somebody
 * cut it, and what lies behind that length is thrown away.
 */
final class FileScoringRun {
    private final FileScoring.Builder settings;
    private final Predictor predictor;
    private final ProgressFile progressFile;
    private final RunIdentity identity;
    private final ResultLines results;
    private ScoringState state = ScoringState.start();
    private long resumedRows;
    private long savedAt;
    private long startedAt;

    FileScoringRun(FileScoring.Builder settings) throws IOException {
        this.settings = settings;
        this.predictor = settings.predictor();
        this.progressFile = ProgressFile.beside(settings.output());
        this.identity = settings.identity();
        this.results = new ResultLines(predictor.signature());
    }

    ScoringReport run() throws IOException {
        try (FileChannel output = FileChannel.open(
                settings.output(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Closing the channel releases the lock.
            lock(output);
            resume(output);
            if (!state.isComplete()) {
                score(output);
            }
            return new ScoringReport(state.rows(), state.failedRows(), resumedRows, state.outputBytes());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void lock(FileChannel output) throws IOException {
        FileLock lock;
        try {
            lock = output.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw taken(OutputTakenException.Reason.RUNNING, "another run writes it", "that run to end first");
        }
    }

    private void resume(FileChannel output) throws IOException {
        Optional<ProgressFile.Content> found = progressFile.find();
        if (found.isEmpty() && output.size() > 0) {
            throw taken(
                    OutputTakenException.Reason.NOT_A_RUN,
                    "it is there and no progress file says that a run wrote it",
                    "a file that is not there");
        }
        found.ifPresent(content -> requireSame(content.run()));
        // An output that is shorter than was recorded was cut by somebody else; all of it is computed again.
        state = found.map(ProgressFile.Content::state)
                .filter(saved -> isThere(output, saved))
                .orElse(ScoringState.start());
        resumedRows = state.rows();
        if (!state.isComplete()) {
            progressFile.write(identity, state);
        }
        output.truncate(state.outputBytes());
        output.position(state.outputBytes());
    }

    private static boolean isThere(FileChannel output, ScoringState saved) {
        try {
            return output.size() >= saved.outputBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireSame(RunIdentity other) {
        if (!identity.isSameInput(other)) {
            throw taken(
                    OutputTakenException.Reason.OTHER_INPUT,
                    "it was begun from an input of " + other.inputSize() + " bytes, changed " + other.inputChanged()
                            + ", and this one has " + identity.inputSize() + ", changed " + identity.inputChanged(),
                    "the same input, unchanged, or another output");
        }
        if (!identity.model().equals(other.model())) {
            throw taken(
                    OutputTakenException.Reason.OTHER_MODEL,
                    "it was begun with model '" + other.model() + "', and this one is '" + identity.model() + "'",
                    "the same model or another output");
        }
        if (!identity.options().equals(other.options())) {
            throw taken(
                    OutputTakenException.Reason.OTHER_OPTIONS,
                    "it was begun with '" + other.options() + "', and these are '" + identity.options() + "'",
                    "the same options or another output");
        }
    }

    private OutputTakenException taken(OutputTakenException.Reason reason, String why, String expected) {
        return new OutputTakenException(String.valueOf(settings.output().getFileName()), reason, why, expected);
    }

    private void score(FileChannel output) throws IOException {
        startedAt = System.nanoTime();
        savedAt = startedAt;
        try (RowReader reader = RowSource.open(settings, state, identity.inputSize());
                OrderedBatches<InputRow> batches = new OrderedBatches<>(
                        predictor, new RowSource(reader, settings::prepared), InputRow::inputs, settings.scoring())) {
            while (batches.hasNext()) {
                accept(batches.next(), output);
            }
        }
        append(output);
        state = state.completed(identity.inputSize());
        save(output);
        report();
    }

    private void accept(Scored<InputRow> scored, FileChannel output) throws IOException {
        InputRow row = scored.row();
        Outcome<Tensors> outcome = scored.outcome();
        results.write(state.rows() + 1, row, outcome);
        state = state.after(row, !outcome.isSuccess());
        if (outcome instanceof Outcome.Failure<Tensors> failure && state.failedRows() > settings.maxFailedRows()) {
            append(output);
            throw new TooManyFailedRowsException(
                    String.valueOf(settings.input().getFileName()), state, settings.maxFailedRows(), failure.error());
        }
        if (state.rows() % settings.scoring().rowsPerBatch() == 0) {
            append(output);
            if (System.nanoTime() - savedAt >= settings.saveInterval().toNanos()) {
                save(output);
            }
            report();
        }
    }

    private void append(FileChannel output) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(results.take());
        long length = state.outputBytes() + bytes.remaining();
        while (bytes.hasRemaining()) {
            output.write(bytes);
        }
        state = state.withOutput(length);
    }

    private void save(FileChannel output) throws IOException {
        output.force(true);
        progressFile.write(identity, state);
        savedAt = System.nanoTime();
    }

    private void report() {
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        double perSecond = seconds > 0 ? (state.rows() - resumedRows) / seconds : 0;
        settings.listener()
                .progressed(new ScoringProgress(
                        state.rows(), state.failedRows(), state.inputBytes(), identity.inputSize(), perSecond));
    }
}
