package io.modelregistry.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The rules that only the source text can show. */
public final class SourceRules {
    private static final int MOST_LINES = 450;

    /** A literal with a number conversion, and what stands before it. */
    private static final Pattern NUMBER = Pattern.compile("(Locale\\.ROOT,\\s*)?\"(?:[^\"\\\\\\n]|\\\\.)*\"");

    private static final Pattern NUMBER_CONVERSION =
            Pattern.compile("(?<!%)(?:%%)*%(?:\\d+\\$)?[-#+ 0,(]*\\d*(?:\\.\\d+)?[dfeEgG]");
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");

    private SourceRules() {}

    /** Every rule by the sentence that it enforces: from a source text to what breaks the rule in it. */
    public static Map<String, Function<String, List<String>>> all() {
        Map<String, Function<String, List<String>>> rules = new LinkedHashMap<>();
        rules.put("files have at most " + MOST_LINES + " lines", SourceRules::tooLong);
        rules.put("nothing is left unfinished", source -> matches(UNFINISHED, source));
        rules.put("numbers are formatted for no locale: use %s, or Locale.ROOT", SourceRules::localNumbers);
        return rules;
    }

    /** What breaks a rule in the Java files below a folder, each with its file; none if there is no such folder. */
    public static List<String> violations(Path folder, Function<String, List<String>> rule) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> sources;
        try (Stream<Path> files = Files.walk(folder)) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
        List<String> found = new ArrayList<>();
        for (Path source : sources) {
            rule.apply(Files.readString(source)).forEach(what -> found.add(folder.relativize(source) + ": " + what));
        }
        return found;
    }

    private static List<String> tooLong(String source) {
        long lines = source.lines().count();
        return lines > MOST_LINES ? List.of(lines + " lines") : List.of();
    }

    private static List<String> localNumbers(String source) {
        return NUMBER.matcher(source)
                .results()
                .filter(literal -> literal.group(1) == null)
                .map(literal -> literal.group())
                .filter(literal -> NUMBER_CONVERSION.matcher(literal).find())
                .toList();
    }

    private static List<String> matches(Pattern pattern, String source) {
        Matcher matcher = pattern.matcher(source);
        return matcher.results().map(result -> result.group()).toList();
    }
}
