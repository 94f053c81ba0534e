package io.modelregistry.storm;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.ModelVersion;
import io.modelregistry.storm.PlainModel.Version;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a registry promises, as plainly as can be: lists and maps, one step after the other. */
final class PlainRegistry {
    private final Map<String, PlainModel> models = new TreeMap<>();

    /** What a step is to answer; an error is its code. */
    String answer(ModelStep step) {
        PlainModel model = models.computeIfAbsent(step.model(), name -> new PlainModel());
        try {
            return switch (step.verb()) {
                case REGISTER -> register(model, step).toString();
                case ABANDON -> abandon(model, step.first());
                case PROMOTE -> promote(model, step).toString();
                case ROLLBACK -> rollback(model, step.first()).toString();
                case SET_ALIAS -> setAlias(model, step);
                case REMOVE_ALIAS -> removeAlias(model, step.first());
                case DESCRIBE -> describe(model, step);
                case NOTE -> note(model, step).toString();
                case ATTACH -> attach(model, step);
                case RETIRE -> status(model, true);
                case RESTORE -> status(model, false);
                case RESOLVE -> model.find(step.first()).map(Version::brief).orElse("nothing");
                case READ -> read(existing(model, step.first()));
                case MODEL -> facts(model);
                case VERSIONS ->
                    model.sorted().stream().map(Version::brief).toList().toString();
                case HISTORY -> history(model);
                case TARGETS -> targets(model);
                case COLLECT, REOPEN -> "done";
            };
        } catch (Refused e) {
            return e.code.toString();
        }
    }

    /** A step that is refused. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final ErrorCode code;

        Refused(ErrorCode code) {
            super(code.toString());
            this.code = code;
        }
    }

    private static void demand(boolean holds, ErrorCode otherwise) {
        if (!holds) {
            throw new Refused(otherwise);
        }
    }

    private static void exists(PlainModel model) {
        demand(model.exists(), ErrorCode.NOT_FOUND);
    }

    private static Version existing(PlainModel model, String selector) {
        return model.find(selector).orElseThrow(() -> new Refused(ErrorCode.NOT_FOUND));
    }

    private static Version register(PlainModel model, ModelStep step) {
        demand(!model.retired, ErrorCode.ILLEGAL_TRANSITION);
        if (isNext(step.first())) {
            return model.add(nextFree(model, step.first()), step.second());
        }
        ModelVersion number = ModelVersion.parse(step.first());
        Optional<Version> published = model.named(number);
        if (published.isEmpty()) {
            return model.add(number, step.second());
        }
        demand(published.get().content.equals(step.second()), ErrorCode.ALREADY_EXISTS);
        return published.get();
    }

    private static boolean isNext(String version) {
        return List.of("patch", "minor", "major").contains(version);
    }

    private static ModelVersion nextFree(PlainModel model, String increment) {
        ModelVersion next = model.versions.stream()
                .map(version -> version.number)
                .max(Comparator.naturalOrder())
                .map(newest -> raised(newest, increment))
                .orElse(ModelVersion.FIRST);
        while (model.claimed.contains(next)) {
            next = raised(next, increment);
        }
        return next;
    }

    private static ModelVersion raised(ModelVersion version, String increment) {
        return switch (increment) {
            case "major" -> version.nextMajor();
            case "minor" -> version.nextMinor();
            default -> version.nextPatch();
        };
    }

    private static String abandon(PlainModel model, String version) {
        demand(!model.retired, ErrorCode.ILLEGAL_TRANSITION);
        model.claimed.add(isNext(version) ? nextFree(model, version) : ModelVersion.parse(version));
        return "done";
    }

    private static Version promote(PlainModel model, ModelStep step) {
        exists(model);
        demand(!model.retired && !step.second().equals("GONE"), ErrorCode.ILLEGAL_TRANSITION);
        Version version = existing(model, step.first());
        if (!version.stage.equals(step.second())) {
            demand(PlainModel.mayMove(version.stage, step.second()), ErrorCode.ILLEGAL_TRANSITION);
            model.move(version, step.second(), "StagesChanged");
        }
        return version;
    }

    private static Version rollback(PlainModel model, String selector) {
        exists(model);
        boolean isNamed = !selector.isEmpty();
        demand(!model.retired && (isNamed || !model.rollbackTargets().isEmpty()), ErrorCode.ILLEGAL_TRANSITION);
        Version version =
                isNamed ? existing(model, selector) : model.rollbackTargets().get(0);
        demand(model.rollbackTargets().contains(version), ErrorCode.ILLEGAL_TRANSITION);
        model.move(version, "PRODUCTION", "RolledBack");
        return version;
    }

    private static String setAlias(PlainModel model, ModelStep step) {
        exists(model);
        demand(!model.retired, ErrorCode.ILLEGAL_TRANSITION);
        Version version = existing(model, step.second());
        if (model.aliases.put(step.first(), version) != version) {
            model.events.add("AliasSet");
        }
        return version.number.toString();
    }

    private static String removeAlias(PlainModel model, String label) {
        exists(model);
        demand(model.aliases.remove(label) != null, ErrorCode.NOT_FOUND);
        model.events.add("AliasRemoved");
        return "done";
    }

    private static String describe(PlainModel model, ModelStep step) {
        exists(model);
        demand(!step.first().equals("stale"), ErrorCode.CONFLICT);
        if (!model.description.equals(step.second())) {
            model.description = step.second();
            model.events.add("FactsEdited");
        }
        return facts(model);
    }

    private static Version note(PlainModel model, ModelStep step) {
        exists(model);
        Version version = existing(model, step.first());
        if (!version.notes.equals(step.second())) {
            version.notes = step.second();
            model.events.add("OverlayEdited");
        }
        return version;
    }

    private static String attach(PlainModel model, ModelStep step) {
        exists(model);
        Version version = existing(model, step.first());
        if (!version.attached.contains(step.second())) {
            version.attached.add(step.second());
            model.events.add("Attached");
        }
        return "attached " + step.second().length();
    }

    private static String status(PlainModel model, boolean retired) {
        exists(model);
        if (model.retired != retired) {
            model.retired = retired;
            model.events.add(retired ? "ModelRetired" : "ModelRestored");
        }
        return facts(model);
    }

    private static String read(Version version) {
        return version + " " + version.content + " " + version.attached;
    }

    private static String facts(PlainModel model) {
        if (!model.exists()) {
            return "nothing";
        }
        Map<String, ModelVersion> aliases = new TreeMap<>();
        model.aliases.forEach((label, version) -> aliases.put(label, version.number));
        return "%s at %s '%s' %s %s"
                .formatted(
                        model.retired ? "RETIRED" : "ACTIVE",
                        model.revision(),
                        model.description,
                        aliases,
                        model.versions.size());
    }

    private static String history(PlainModel model) {
        exists(model);
        return model.events.toString();
    }

    private static String targets(PlainModel model) {
        exists(model);
        return model.rollbackTargets().stream().map(Version::brief).toList().toString();
    }
}
