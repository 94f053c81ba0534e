package io.modelregistry.internal.maintenance;

import io.modelregistry.internal.document.DeploymentKeys;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.document.RegistryDocumentCodec;
import io.modelregistry.internal.maintenance.Inspection.Look;
import io.modelregistry.internal.maintenance.Inspection.Mark;
import io.modelregistry.internal.maintenance.Inspection.Outcome;
import io.modelregistry.internal.store.NameList;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.maintenance.MaintenanceProgress;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that a registry has stored and compares it with what its documents say. In use or not: a model that
 * changes while it is looked at is looked at again before it is called damaged.
 */
public final class RegistryVerifier {
    private static final int LOOKS = 5;

    private final Inspection inspection;
    private final KeyPrefix meta = ModelKeys.MODELS.folder("_meta");
    private boolean holdsModels;
    private @Nullable ModelKeys current;
    private @Nullable DeploymentKeys currentDeployment;

    /** Checks a store. */
    public RegistryVerifier(StorageNode node, MaintenanceProgress progress) {
        this.inspection = new Inspection(node, progress, VerificationReport.MOST_FINDINGS);
    }

    /** Checks the whole store; to be called once. */
    public VerificationReport verify() throws IOException {
        Look document = inspection.look(ModelKeys.REGISTRY);
        if (document.outcome() == Outcome.PRESENT) {
            inspection.decode(ModelKeys.REGISTRY, document.bytes(), RegistryDocumentCodec::decode);
        }
        Listings.objects(inspection.node(), ModelKeys.MODELS, object -> {
            locate(object.key());
            return true;
        });
        Listings.objects(inspection.node(), DeploymentKeys.DEPLOYMENTS, object -> {
            locateDeployment(object.key());
            return true;
        });
        boolean isMissing = document.outcome() == Outcome.ABSENT && holdsModels;
        if (isMissing && inspection.node().find(ModelKeys.REGISTRY).isEmpty()) { // Nor was it written meanwhile.
            inspection.report(ModelKeys.REGISTRY, Kind.MISSING, "it is missing, and there are models");
        }
        return report();
    }

    /** Checks one model. */
    public VerificationReport verify(ModelKeys keys) throws IOException {
        verifyModel(keys);
        return report();
    }

    private VerificationReport report() {
        return new VerificationReport(
                inspection.objects(), inspection.bytes(), inspection.findings(), inspection.counts());
    }

    private void locate(StorageKey key) throws IOException {
        if (meta.contains(key)) {
            boolean isListing =
                    ModelKeys.NAMES.contains(key) && NameList.nameOf(key).isPresent();
            if (!isListing && !key.equals(ModelKeys.REGISTRY)) {
                inspection.report(key, Kind.FOREIGN, "the registry has no such document");
            }
            return;
        }
        Optional<ModelKeys> owner = ModelFolders.owner(key);
        if (owner.isEmpty()) {
            inspection.report(key, Kind.FOREIGN, "it is neither a document nor a file of a model");
        } else if (!owner.get().equals(current)) {
            current = owner.get();
            holdsModels = true;
            verifyModel(owner.get());
        }
    }

    private void locateDeployment(StorageKey key) throws IOException {
        Optional<DeploymentKeys> owner = DeploymentKeys.owner(key);
        if (owner.isEmpty()) {
            inspection.report(key, Kind.FOREIGN, "it is no document of a deployment");
        } else if (!owner.get().equals(currentDeployment)) {
            currentDeployment = owner.get();
            verifyDeployment(owner.get());
        }
    }

    private void verifyDeployment(DeploymentKeys keys) throws IOException {
        for (int look = 1; ; look++) {
            Mark before = inspection.mark();
            DeploymentVerifier verifier = new DeploymentVerifier(inspection, keys);
            verifier.verify();
            if (look == LOOKS || !inspection.hasDamageSince(before) || !verifier.hasMovedOn()) {
                return;
            }
            inspection.forgetSince(before);
        }
    }

    private void verifyModel(ModelKeys keys) throws IOException {
        for (int look = 1; ; look++) {
            Mark before = inspection.mark();
            ModelVerifier verifier = new ModelVerifier(inspection, keys);
            verifier.verify();
            if (look == LOOKS || !inspection.hasDamageSince(before) || !verifier.hasMovedOn()) {
                return;
            }
            inspection.forgetSince(before);
        }
    }
}
