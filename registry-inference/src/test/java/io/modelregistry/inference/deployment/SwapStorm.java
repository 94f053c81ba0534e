package io.modelregistry.inference.deployment;

import static org.awaitility.Awaitility.await;

import io.modelregistry.inference.Tensors;
import io.modelregistry.inference.deployment.SwapSubject.Answer;
import io.modelregistry.inference.onnx.TellingModels;
import io.modelregistry.storm.StormFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Swaps versions as fast as they go while many clients predict, one by one, without waiting, and many at once.
 *
 * <p>Each answer must be that of exactly one version: the one that it says gave it, and one that could serve between
 * the beginning and the end of the request. No request fails. In the end all sessions but one are closed, and after the
 * end of the subject that one too.
 */
final class SwapStorm {
    private static final int ROWS = 64;
    private static final int IN_FLIGHT = 8;
    private static final int BATCH = 8;

    /** Batches are computed in another order than single rows. */
    private static final float TOLERANCE = 1e-3f;

    private final String where;
    private final Plan plan;
    private final SwapSubject subject;
    private final Tensors[] rows = new Tensors[ROWS];
    private final float[][][] expected;
    private final AtomicLong answered = new AtomicLong();
    private volatile int begun;
    private volatile int ended;
    private volatile boolean over;

    /**
     * How hard it blows.
     *
     * @param clients threads that predict
     * @param swaps at least so many
     * @param predictions at least so many
     * @param seed where all random choices come from
     * @param patienceSeconds after so long a request or the closing of a session is taken not to come to an end
     */
    record Plan(int clients, int swaps, long predictions, long seed, long patienceSeconds) {}

    /** What was done. */
    record Result(int swaps, long predictions, SessionCount sessions) {}

    SwapStorm(String name, SwapSubject subject, Plan plan) {
        this.where = "Swap storm, " + name + ", seed " + plan.seed;
        this.plan = plan;
        this.subject = subject;
        Random random = new Random(plan.seed);
        for (int i = 0; i < ROWS; i++) {
            float[][] row = new float[1][TellingModels.INPUTS];
            for (int j = 0; j < TellingModels.INPUTS; j++) {
                row[0][j] = random.nextFloat();
            }
            rows[i] = Tensors.of("x", row);
        }
        expected = new float[subject.versions()][ROWS][];
        for (int version = 0; version < expected.length; version++) {
            for (int i = 0; i < ROWS; i++) {
                expected[version][i] = subject.expected(version, rows[i]);
            }
        }
        requireDistinctAnswers();
    }

    /** Otherwise an answer would not tell who gave it. */
    private void requireDistinctAnswers() {
        for (int i = 0; i < ROWS; i++) {
            for (int one = 0; one < expected.length; one++) {
                for (int other = 0; other < one; other++) {
                    if (difference(expected[one][i], expected[other][i]) < 10 * TOLERANCE) {
                        throw new IllegalStateException("Versions " + one + " and " + other + " answer alike");
                    }
                }
            }
        }
    }

    private static float difference(float[] one, float[] other) {
        float most = 0;
        for (int i = 0; i < one.length; i++) {
            most = Math.max(most, Math.abs(one[i] - other[i]));
        }
        return most;
    }

    /** Version 0 serves at the beginning. Closes the subject. */
    Result blow() throws InterruptedException {
        List<FutureTask<Void>> clients = new ArrayList<>();
        for (int i = 0; i < plan.clients; i++) {
            int number = i;
            FutureTask<Void> client = new FutureTask<>(() -> predict(number), null);
            clients.add(client);
            Thread thread = new Thread(client, "storm-client-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        try {
            while (ended < plan.swaps || answered.get() < plan.predictions) {
                requireAlive(clients);
                int next = ended + 1;
                begun = next;
                subject.swap(next % expected.length);
                ended = next;
            }
        } catch (RuntimeException e) {
            throw new StormFailure(where + ", swap " + begun, e);
        } finally {
            over = true;
        }
        for (Future<Void> client : clients) {
            join(client);
        }
        requireOpen(1);
        subject.close();
        requireOpen(0);
        return new Result(ended, answered.get(), subject.sessions());
    }

    private void requireAlive(List<FutureTask<Void>> clients) throws InterruptedException {
        for (FutureTask<Void> client : clients) {
            if (client.isDone()) {
                join(client);
            }
        }
    }

    private void join(Future<Void> client) throws InterruptedException {
        try {
            client.get(plan.patienceSeconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new StormFailure(where, "a client waits for an answer, expected all to be answered");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StormFailure failure) {
                throw failure;
            }
            throw new StormFailure(where + ", swap " + begun + ", a request failed", e.getCause());
        }
    }

    private void requireOpen(int count) {
        SessionCount sessions = subject.sessions();
        try {
            await().atMost(plan.patienceSeconds, TimeUnit.SECONDS).until(() -> sessions.open() == count);
        } catch (ConditionTimeoutException e) {
            throw new StormFailure(where, sessions + ", expected " + count + " to be open");
        }
        if (sessions.misused.get() != 0) {
            throw new StormFailure(where, sessions + ", expected none of these calls");
        }
    }

    private void predict(int client) {
        Random random = new Random(plan.seed + client);
        try {
            switch (client % 8) {
                case 5, 6 -> predictAsync(random);
                case 7 -> predictBatches(random);
                default -> predictSingly(random);
            }
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new StormFailure(where + ", swap " + begun + ", a future failed", e);
        }
    }

    private void predictSingly(Random random) {
        while (!over) {
            int row = random.nextInt(ROWS);
            int since = ended;
            check(subject.predict(rows[row]), row, since);
        }
    }

    private record Pending(int row, int since, CompletableFuture<Answer> future) {}

    private void predictAsync(Random random) throws ExecutionException, InterruptedException, TimeoutException {
        ArrayDeque<Pending> pending = new ArrayDeque<>();
        while (!over || !pending.isEmpty()) {
            if (!over && pending.size() < IN_FLIGHT) {
                int row = random.nextInt(ROWS);
                int since = ended;
                pending.add(new Pending(row, since, subject.predictAsync(rows[row])));
            } else {
                Pending first = pending.remove();
                check(first.future.get(plan.patienceSeconds, TimeUnit.SECONDS), first.row, first.since);
            }
        }
    }

    private void predictBatches(Random random) {
        while (!over) {
            int first = random.nextInt(ROWS - BATCH);
            int since = ended;
            List<Answer> answers = subject.predictBatch(List.of(rows).subList(first, first + BATCH));
            if (answers.size() != BATCH) {
                throw new StormFailure(where, answers.size() + " answers, expected " + BATCH);
            }
            for (int i = 0; i < BATCH; i++) {
                if (answers.get(i).version() != answers.get(0).version()) {
                    throw new StormFailure(where, "two versions in one batch, expected one");
                }
                check(answers.get(i), first + i, since);
            }
        }
    }

    private void check(Answer answer, int row, int since) {
        int until = begun;
        if (difference(expected[answer.version()][row], answer.values()) > TOLERANCE) {
            throw new StormFailure(
                    where + ", swap " + until,
                    "an answer is not that of version " + answer.version() + ", which is said to have given it");
        }
        boolean served = until - since >= expected.length;
        for (int swap = since; swap <= until; swap++) {
            served |= swap % expected.length == answer.version();
        }
        if (!served) {
            throw new StormFailure(
                    where,
                    "version %s answered a request between the end of swap %s and the beginning of swap %s, expected one of %s to %s, modulo %s"
                            .formatted(answer.version(), since, until, since, until, expected.length));
        }
        answered.incrementAndGet();
    }
}
