package io.modelregistry.registry;

import io.modelregistry.model.ModelFacts;
import io.modelregistry.model.ModelRef;
import io.modelregistry.model.Overlay;
import java.util.function.UnaryOperator;

/**
 * What is said of a model and of its versions, and may change.
 *
 * <p>The function of an edit may be called several times, and must not change a registry itself: it runs while other
 * changes of this process wait, and two such functions can wait for each other for ever.
 */
public interface Editing {
    /**
     * Edits the facts of the model. An edit that changes nothing commits nothing.
     *
     * @param edit may be called several times
     * @throws StaleRevisionException if the model is not at the expected revision
     */
    RegisteredModel facts(ExpectedRevision expected, UnaryOperator<ModelFacts> edit);

    /**
     * Edits what is said of a version.
     *
     * @param version the version; resolved inside the commit
     * @param edit may be called several times
     * @throws StaleRevisionException if the model is not at the expected revision
     */
    RegisteredVersion overlay(ModelRef version, ExpectedRevision expected, UnaryOperator<Overlay> edit);

    /**
     * Takes the model out of use: it answers, and takes no new versions, promotions or aliases. Retiring it twice
     * changes nothing.
     */
    RegisteredModel retire(String reason);

    /** Takes the model back into use. */
    RegisteredModel restore(String reason);
}
