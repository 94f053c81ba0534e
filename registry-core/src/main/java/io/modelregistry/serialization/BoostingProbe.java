package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** XGBoost's three formats (JSON, UBJSON, the old binary one) and LightGBM's text. */
final class BoostingProbe implements Probe {
    private static final int TAIL = 4 << 10;
    private static final int LIGHTGBM_TAIL = 1 << 20;
    private static final Set<String> LEARNER =
            Set.of("attributes", "feature_names", "gradient_booster", "learner_model_param", "objective");
    private static final Pattern VERSION =
            Pattern.compile("\"version\"\\s*:\\s*\\[(\\d+),\\s*(\\d+),\\s*(\\d+)]\\s*}\\s*$");
    private static final Pattern OBJECTIVE =
            Pattern.compile("\"objective\"\\s*:\\s*\\{[^{}]*\"name\"\\s*:\\s*\"([a-z:_0-9]+)\"");
    private static final Pattern LINE = Pattern.compile("(?m)^(version|objective)=(.*)$");

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        if (bytes.startsWith(0, '{')) {
            Optional<Finding> binary = ubjson(bytes);
            return binary.isPresent() ? binary : json(bytes);
        }
        if (bytes.startsWith(0, "binf")) {
            return Optional.of(Finding.likely(
                    Framework.XGBOOST,
                    "xgboost-binary",
                    LoadSafety.DATA_ONLY,
                    "it begins with the magic of XGBoost's binary format"));
        }
        if (bytes.startsWith(0, "tree\n") || bytes.startsWith(0, "tree\r\n")) {
            return lightGbm(bytes);
        }
        byte[] blanks = bytes.read(0, 64);
        String start = new String(blanks, StandardCharsets.ISO_8859_1).stripLeading();
        return start.startsWith("{") && blanks.length > 0 && blanks[0] <= ' ' ? json(bytes) : Optional.empty();
    }

    private static Optional<Finding> json(ByteSource bytes) throws IOException {
        JsonGlance glance = JsonGlance.of(bytes);
        if (glance.namesIn("learner").stream().noneMatch(LEARNER::contains)) {
            return Optional.empty();
        }
        Finding finding = Finding.certain(
                Framework.XGBOOST,
                "xgboost-json",
                LoadSafety.DATA_ONLY,
                "it is a JSON object with a learner of XGBoost");
        int tailSize = (int) Math.min(bytes.size(), TAIL);
        String tail = bytes.latin(bytes.size() - tailSize, tailSize);
        Matcher version = VERSION.matcher(tail);
        if (version.find()) {
            finding.version(version.group(1) + "." + version.group(2) + "." + version.group(3));
        }
        Matcher objective = OBJECTIVE.matcher(tail);
        if (objective.find()) {
            finding.modelType(objective.group(1));
        }
        if (!glance.problem().isEmpty()) {
            finding.unsure().damage("its JSON stops making sense: " + glance.problem());
        } else if (!glance.isWhole() && !tail.stripTrailing().endsWith("}") && !bytes.cut()) {
            finding.unsure().damage("its JSON does not end: truncated");
        }
        return Optional.of(finding);
    }

    /** UBJSON as XGBoost writes it: an object whose first key has a length of one of three types. */
    private static Optional<Finding> ubjson(ByteSource bytes) throws IOException {
        Optional<String> key = ubjsonKey(bytes, 1);
        if (key.isEmpty() || !Set.of("learner", "version").contains(key.get())) {
            return Optional.empty();
        }
        Finding finding = Finding.likely(
                Framework.XGBOOST,
                "xgboost-ubjson",
                LoadSafety.DATA_ONLY,
                "it is a UBJSON object that begins with " + key.get());
        int tailSize = (int) Math.min(bytes.size(), TAIL);
        long tailAt = bytes.size() - tailSize;
        String tail = bytes.latin(tailAt, tailSize);
        int version = tail.lastIndexOf("version[");
        if (version >= 0) {
            ubjsonVersion(tail.substring(version + "version[".length())).ifPresent(finding::version);
        }
        Matcher objective = Pattern.compile("(binary|multi|reg|rank|count|survival):[a-z0-9]+")
                .matcher(tail);
        if (objective.find()) {
            finding.modelType(objective.group());
        }
        if (!tail.endsWith("}") && !bytes.cut()) {
            finding.damage("its object does not end: truncated");
        }
        return Optional.of(finding);
    }

    private static Optional<String> ubjsonKey(ByteSource bytes, long at) throws IOException {
        String type = bytes.latin(at, 1);
        int width = switch (type) {
            case "L" -> 8;
            case "l" -> 4;
            case "I" -> 2;
            case "i", "U" -> 1;
            default -> 0;
        };
        byte[] length = bytes.read(at + 1, width);
        if (width == 0 || length.length < width || length[width - 1] < 1) {
            return Optional.empty();
        }
        for (int i = 0; i < width - 1; i++) {
            if (length[i] != 0) {
                return Optional.empty();
            }
        }
        return Optional.of(bytes.latin(at + 1 + width, length[width - 1]));
    }

    /** Three small integers, each behind its type, perhaps behind a count. */
    private static Optional<String> ubjsonVersion(String text) {
        int at = text.startsWith("#L") ? 10 : text.startsWith("#i") || text.startsWith("#U") ? 3 : 0;
        StringBuilder version = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            if (at + 1 >= text.length() || "iU".indexOf(text.charAt(at)) < 0) {
                return Optional.empty();
            }
            version.append(i == 0 ? "" : ".").append((int) text.charAt(at + 1));
            at += 2;
        }
        return Optional.of(version.toString());
    }

    private static Optional<Finding> lightGbm(ByteSource bytes) throws IOException {
        String head = bytes.latin(0, (int) Math.min(bytes.size(), TAIL));
        if (!head.contains("\nversion=v") && !head.contains("\nnum_class=")) {
            return Optional.empty();
        }
        Finding finding = Finding.certain(
                Framework.LIGHTGBM,
                "lightgbm-text",
                LoadSafety.DATA_ONLY,
                "it is text that begins with LightGBM's tree and version");
        Matcher line = LINE.matcher(head);
        while (line.find()) {
            if (line.group(1).equals("objective")) {
                finding.modelType(line.group(2).strip());
            } else {
                finding.detail("format_version", line.group(2).strip());
            }
        }
        int tailSize = (int) Math.min(bytes.size(), LIGHTGBM_TAIL);
        if (!bytes.latin(bytes.size() - tailSize, tailSize).contains("end of trees")) {
            finding.unsure().damage("its last lines do not say 'end of trees': truncated");
        }
        return Optional.of(finding);
    }
}
