package io.modelregistry.storage.fs;

import io.modelregistry.ModelRegistries;
import io.modelregistry.RegistryMaintenance;
import io.modelregistry.event.RegistryEvent;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.maintenance.VerificationReport;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.Artifacts;
import io.modelregistry.registry.ModelQuery;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredModel;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.VersionQuery;
import io.modelregistry.registry.VersionSummary;
import io.modelregistry.storage.KeyPrefix;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is on a machine for readers who remember nothing: one text for each model and object, without times and ids. */
final class PowerState {
    /** What the names of models in the copy begin with. */
    static final String COPY = "copy of ";

    private PowerState() {}

    /** Everything; a copy that is under way shows what is complete. */
    static SortedMap<String, String> of(PowerMachine machine) throws IOException {
        SortedMap<String, String> state = new TreeMap<>();
        check(machine.node());
        read("", machine.node(), state);
        for (ListedObject object : machine.node().list(KeyPrefix.of("raw"), null, 1000)) {
            state.put(object.key().value(), Arrays.toString(machine.node().readAll(object.key())));
        }
        try (StorageNode copy = machine.copy()) {
            read(COPY, copy, state);
        }
        return state;
    }

    /** Finds no damage. */
    static void check(StorageNode node) {
        VerificationReport report = RegistryMaintenance.over(node).verify();
        if (!report.isSound()) {
            throw new AssertionError("The check of the store says " + report + " " + report.findings());
        }
    }

    private static void read(String prefix, StorageNode node, Map<String, String> state) throws IOException {
        try (ModelRegistry registry =
                ModelRegistries.builder(node).leaveNodeOpen().open()) {
            for (RegisteredModel model : registry.models(ModelQuery.all()).items()) {
                state.put(prefix + model.name(), text(registry, model));
            }
        }
    }

    private static String text(ModelRegistry registry, RegisteredModel model) throws IOException {
        ModelName name = model.name();
        List<String> lines = new ArrayList<>();
        lines.add(model.status() + " " + model.facts() + " " + model.aliases() + " " + model.newestStable());
        for (VersionSummary summary :
                registry.versions(name, VersionQuery.all()).items()) {
            RegisteredVersion version = registry.get(summary.ref());
            lines.add(summary.version() + " #" + summary.sequence() + " " + summary.stage() + " " + version.overlay()
                    + " " + version.manifest().files());
            read(registry, version, lines);
        }
        List<RegistryEvent> events = registry.history(name).all();
        long revision = 0;
        for (RegistryEvent event : events) {
            if (event.revision() != ++revision) {
                throw new AssertionError("Event " + revision + " is missing, there is " + event);
            }
            lines.add(event.change().getClass().getSimpleName() + " " + event.reason());
        }
        if (revision != model.revision()) {
            throw new AssertionError("There are " + revision + " events of " + model);
        }
        return String.join("\n", lines);
    }

    /** The registry compares the bytes of files and attachments with their digests. */
    private static void read(ModelRegistry registry, RegisteredVersion version, List<String> lines) throws IOException {
        Artifacts artifacts = registry.artifacts(version.ref());
        for (ArtifactFile file : artifacts.files()) {
            try (InputStream in = artifacts.open(file.path())) {
                lines.add("read " + in.readAllBytes().length + " of " + file.path());
            }
        }
        for (Attachment attachment : version.attachments()) {
            try (InputStream in = registry.attachments(version.ref()).open(attachment)) {
                lines.add(attachment.kind() + " " + Arrays.hashCode(in.readAllBytes()));
            }
        }
    }
}
