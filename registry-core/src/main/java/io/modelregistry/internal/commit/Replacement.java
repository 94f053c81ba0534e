package io.modelregistry.internal.commit;

import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.registry.OutcomeUnknownException;
import io.modelregistry.storage.WriteConflictException;
import io.modelregistry.storage.WriteOutcomeUnknownException;
import java.io.IOException;
import java.util.Optional;

/**
 * The commit of one call: replaces a head on the condition that it is still the one that was read, and finds out what
 * became of a write that was refused or whose reply was lost.
 *
 * @param <H> a head as it is read back
 */
final class Replacement<H> {
    private final Head<H> head;
    private final String action;
    private final Retries.Budget budget;

    Replacement(Head<H> head, String action, Retries.Budget budget) {
        this.head = head;
        this.action = action;
        this.budget = budget;
    }

    /** The head that is replaced. */
    interface Head<H> {
        /** The revision that this call makes. */
        long nextRevision();

        /** Sends the new head on its condition, always the same bytes. */
        void write() throws IOException;

        /** The head as the store has it now; empty if there is none. */
        Optional<H> readNow() throws IOException;

        /** The revision of a head. */
        long revisionOf(H now);

        /** Whether a head at the next revision or behind it came about by this call. */
        boolean isOurs(H now) throws IOException;

        /** Hears once that this call has committed. */
        void committed();
    }

    /** Replaces the head; true if it was replaced by this call, false if it definitely was not. */
    boolean commit() throws IOException {
        boolean lost = false;
        do {
            try {
                head.write(); // the commit
                head.committed();
                return true;
            } catch (WriteConflictException | WriteOutcomeUnknownException e) {
                lost |= e instanceof WriteOutcomeUnknownException;
                Verdict verdict = readBack(e);
                boolean isDecided = verdict != Verdict.STILL_AT_BASE && (verdict != Verdict.GONE || !lost);
                if (isDecided) {
                    return verdict == Verdict.OURS;
                }
            } catch (IOException e) {
                if (!lost) {
                    throw e;
                }
                throw new OutcomeUnknownException(action, e);
            }
        } while (again(lost));
        if (lost) {
            throw new OutcomeUnknownException(action, null);
        }
        return false;
    }

    /** Waits for the next attempt; when a reply was lost, to be interrupted in it does not mean to have failed. */
    private boolean again(boolean lost) {
        try {
            return budget.again();
        } catch (RegistryException e) {
            if (lost) {
                throw new OutcomeUnknownException(action, e);
            }
            throw e;
        }
    }

    /** What a read-back after a refused or unanswered write of the head found. */
    private enum Verdict {
        /** This call committed. */
        OURS,
        /** Another call committed at this revision; this one definitely did not. */
        THEIRS,
        /** Nobody committed yet: the same bytes may be sent again. */
        STILL_AT_BASE,
        /** The head that was to be replaced is lost, which the next attempt reports. */
        GONE
    }

    private Verdict readBack(IOException refused) {
        while (true) {
            try {
                Optional<H> now = head.readNow();
                long revision = now.map(head::revisionOf).orElse(0L);
                if (revision < head.nextRevision()) {
                    return now.isEmpty() && head.nextRevision() > 1 ? Verdict.GONE : Verdict.STILL_AT_BASE;
                }
                if (head.isOurs(now.orElseThrow())) {
                    head.committed();
                    return Verdict.OURS;
                }
                return Verdict.THEIRS;
            } catch (CorruptionException e) {
                e.addSuppressed(refused);
                throw new OutcomeUnknownException(action, e);
            } catch (IOException e) {
                e.addSuppressed(refused);
                if (!again(true)) {
                    throw new OutcomeUnknownException(action, e);
                }
            }
        }
    }
}
