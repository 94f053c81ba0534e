package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one probe found in one file, collected step by step by one thread and then only read. */
final class Finding {
    private static final int MAX_IMPORTS = 1_000;
    private static final int MAX_WARNINGS = 50;
    private static final int SHOWN = 200;

    private Framework framework;
    private final String format;
    private Confidence confidence = Confidence.CERTAIN;
    private LoadSafety safety;
    private @Nullable String modelType;
    private @Nullable String damage;
    private String reason;
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> imports = new LinkedHashSet<>();
    private final Map<String, String> details = new TreeMap<>();
    private final Set<String> references = new TreeSet<>();

    private Finding(Framework framework, String format, LoadSafety safety, String reason) {
        this.framework = framework;
        this.format = format;
        this.safety = safety;
        this.reason = reason;
    }

    /** A format whose structure was followed. */
    static Finding certain(Framework framework, String format, LoadSafety safety, String reason) {
        return new Finding(framework, format, safety, reason);
    }

    /** A format whose marks were seen. */
    static Finding likely(Framework framework, String format, LoadSafety safety, String reason) {
        return new Finding(framework, format, safety, reason).unsure();
    }

    /** No format that is known. */
    static Finding unknown(String reason) {
        Finding finding = new Finding(Framework.UNKNOWN, "unknown", LoadSafety.UNKNOWN, reason);
        finding.confidence = Confidence.NONE;
        return finding;
    }

    Finding unsure() {
        confidence = Confidence.LIKELY;
        return this;
    }

    /** Sets the version of the framework, unless the text is none. */
    Finding version(String version) {
        if (version.length() <= 64 && version.matches("[\\x21-\\x7e]+")) {
            framework = framework.withVersion(version);
        }
        return this;
    }

    /** The first type stays. */
    Finding modelType(String type) {
        if (modelType == null && !type.isBlank()) {
            modelType = printable(type);
        }
        return this;
    }

    /** The first damage stays: what follows it is mostly its consequence. */
    Finding damage(String what) {
        if (damage == null) {
            damage = printable(what);
        }
        return this;
    }

    Finding warn(String warning) {
        if (warnings.size() < MAX_WARNINGS && !warnings.contains(warning)) {
            warnings.add(printable(warning));
        }
        return this;
    }

    Finding detail(String name, String value) {
        if (!value.isBlank()) {
            details.put(printable(name), printable(value));
        }
        return this;
    }

    Finding imports(Iterable<String> names) {
        for (String name : names) {
            if (imports.size() < MAX_IMPORTS) {
                imports.add(printable(name));
            }
        }
        return this;
    }

    /** Makes the safety at least as bad as the given one. */
    Finding atLeast(LoadSafety other) {
        safety = safety.worse(other);
        return this;
    }

    /** Another file, relative to the folder of this one, without which it cannot be loaded. */
    Finding refersTo(String path) {
        references.add(path);
        return this;
    }

    /** The same file seen as a part of something larger. */
    Finding as(Framework larger, String newReason) {
        Finding part = copy(larger, format, newReason);
        part.modelType = larger.sameNameAs(framework) ? modelType : null;
        return part;
    }

    /** The same content in another wrapping. */
    Finding inside(String newFormat, String newReason) {
        return copy(framework, newFormat, newReason);
    }

    private Finding copy(Framework newFramework, String newFormat, String newReason) {
        Finding copy = new Finding(newFramework, newFormat, safety, newReason);
        copy.confidence = confidence;
        copy.modelType = modelType;
        copy.damage = damage;
        copy.warnings.addAll(warnings);
        copy.imports.addAll(imports);
        copy.details.putAll(details);
        copy.references.addAll(references);
        return copy;
    }

    Framework framework() {
        return framework;
    }

    String format() {
        return format;
    }

    Confidence confidence() {
        return confidence;
    }

    LoadSafety safety() {
        return safety;
    }

    Optional<String> modelType() {
        return Optional.ofNullable(modelType);
    }

    Optional<String> damage() {
        return Optional.ofNullable(damage);
    }

    String reason() {
        return reason;
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    List<String> imports() {
        return List.copyOf(imports);
    }

    Map<String, String> details() {
        return Collections.unmodifiableMap(details);
    }

    Set<String> references() {
        return Collections.unmodifiableSet(references);
    }

    /** Text of a file must not be a way to forge log lines, or to fill a manifest. */
    static String printable(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), SHOWN));
        for (int i = 0; i < text.length() && i < SHOWN; i++) {
            char c = text.charAt(i);
            boolean shown = c >= 0x20 && c != 0x7f && !Character.isISOControl(c) && !Character.isSurrogate(c);
            out.append(shown && c != '\u2028' && c != '\u2029' ? c : '?');
        }
        return text.length() > SHOWN ? out + "..." : out.toString();
    }
}
