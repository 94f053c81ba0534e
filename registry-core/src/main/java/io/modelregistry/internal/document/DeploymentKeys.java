package io.modelregistry.internal.document;

import io.modelregistry.deployment.DeploymentName;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.StorageKey;
import java.util.List;
import java.util.Optional;

/** Where the documents of one deployment lie. */
public record DeploymentKeys(DeploymentName name, KeyPrefix root) {
    /** Holds all deployments. */
    public static final KeyPrefix DEPLOYMENTS = KeyPrefix.of("deployments");

    /** The name of every head. */
    public static final String HEAD = "config.json";

    /** The folder of the events. */
    public static final String HISTORY = "_history";

    private static final String STATUS = "status";
    private static final String ENDING = ".json";

    /** The keys of a deployment. */
    public static DeploymentKeys of(DeploymentName name) {
        return new DeploymentKeys(name, DEPLOYMENTS.folder(name.value()));
    }

    /** Whether a key is that of some deployment's head. */
    public static boolean isHead(StorageKey key) {
        if (!key.isBelow(DEPLOYMENTS)) {
            return false;
        }
        List<String> segments = key.segments();
        return segments.size() == 3 && segments.get(2).equals(HEAD);
    }

    /** The head: the only document of the deployment that more than one process writes. */
    public StorageKey head() {
        return root.key(HEAD);
    }

    /** The folder of the events. */
    public KeyPrefix history() {
        return root.folder(HISTORY);
    }

    /** The event that made a revision. */
    public StorageKey history(long revision) {
        return history().key(ModelKeys.digits(revision) + ENDING);
    }

    /** The folder of what instances have observed. */
    public KeyPrefix statuses() {
        return root.folder(STATUS);
    }

    /** What an instance has observed. */
    public StorageKey status(String instance) {
        return statuses().key(instance + ENDING);
    }

    /** The revision whose event a key is; empty if it is none. */
    public Optional<Long> revision(StorageKey key) {
        if (!history().contains(key)) {
            return Optional.empty();
        }
        String file = history().relativize(key);
        String digits = file.endsWith(ENDING) ? file.substring(0, file.length() - ENDING.length()) : "";
        boolean isNumber =
                !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber && key.equals(history(Long.parseLong(digits)))
                ? Optional.of(Long.parseLong(digits))
                : Optional.empty();
    }

    /** The deployment in whose folder a key is; empty if it is in none. */
    public static Optional<DeploymentKeys> owner(StorageKey key) {
        List<String> segments = key.segments();
        if (!key.isBelow(DEPLOYMENTS) || segments.size() < 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(DeploymentName.parse(segments.get(1))));
        } catch (InvalidValueException e) {
            return Optional.empty();
        }
    }

    /** The instance whose document a key is; empty if it is none. */
    public Optional<String> instance(StorageKey key) {
        if (!statuses().contains(key)) {
            return Optional.empty();
        }
        String file = statuses().relativize(key);
        return file.endsWith(ENDING) && file.indexOf('/') < 0
                ? Optional.of(file.substring(0, file.length() - ENDING.length()))
                : Optional.empty();
    }
}
