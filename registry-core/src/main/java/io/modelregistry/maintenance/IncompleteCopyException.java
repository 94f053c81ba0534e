package io.modelregistry.maintenance;

import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Models that could not be copied, such as for damage in the source. The others were copied. */
public final class IncompleteCopyException extends RegistryException {
    private static final long serialVersionUID = 1L;

    private final transient CopyReport report;
    private final transient Map<ModelName, RegistryException> failures;

    /**
     * An incomplete copy.
     *
     * @param report what was copied
     * @param failures what was not, and why; at least one
     */
    public IncompleteCopyException(CopyReport report, Map<ModelName, RegistryException> failures) {
        super(first(failures).code(), message(report, failures), first(failures));
        this.report = report;
        this.failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
        failures.values().stream().skip(1).forEach(this::addSuppressed);
    }

    private static RegistryException first(Map<ModelName, RegistryException> failures) {
        return failures.values().iterator().next();
    }

    private static String message(CopyReport report, Map<ModelName, RegistryException> failures) {
        int more = failures.size() - 1;
        int copied = report.models().size();
        return "Cannot copy '%s'%s: %s; %s other %s copied"
                .formatted(
                        failures.keySet().iterator().next(),
                        more == 0 ? "" : " and " + more + " more",
                        first(failures).getMessage(),
                        copied,
                        copied == 1 ? "model was" : "models were");
    }

    /** What was copied. */
    public CopyReport report() {
        return report;
    }

    /** Which models were not copied, and why; in the target they are as they were before. */
    public Map<ModelName, RegistryException> failures() {
        return failures;
    }
}
