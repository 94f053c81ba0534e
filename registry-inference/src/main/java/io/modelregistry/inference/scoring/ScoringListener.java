package io.modelregistry.inference.scoring;

/** Is told how far a run over a file has come. */
@FunctionalInterface
public interface ScoringListener {
    /**
     * Called by the thread of the run after each batch and at the end. What it throws ends the run, which can be
     * resumed.
     */
    void progressed(ScoringProgress progress);
}
