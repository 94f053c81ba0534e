package io.modelregistry.internal.store;

import io.modelregistry.deployment.DeploymentSnapshot;
import io.modelregistry.internal.document.DeploymentCodec.Head;

/**
 * The head of a deployment as it was read.
 *
 * @param head the head
 * @param etag its generation in the store
 */
public record StoredDeployment(Head head, String etag) {
    /** The revision. */
    public long revision() {
        return head.revision();
    }

    /** The deployment at this revision. */
    public DeploymentSnapshot snapshot() {
        return new DeploymentSnapshot(
                head.entry().event().deployment(), head.entry().event(), head.state());
    }
}
