package io.modelregistry.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compares ranges with what npm's {@code semver} said about them; the table's own generator says how it was made. */
class NpmSemverTableTest {
    /** Ranges that npm reads and this library refuses: what they mean is a guess. */
    private static final Set<String> REFUSED_HERE_ONLY = Set.of(
            // an empty alternative means any version to npm
            "1 || || 2",
            // npm removes a star wherever it stands, so that these become other numbers
            "<4.10.9007199254*740990",
            ">=1.0.0-a.x <=1.4.*1",
            " >=2.1.0* <3.2.1 ||>=2.3.1-alpha.9.2 <=4.4.2-2",
            // npm drops any number of prefixes behind the hyphen, though only before a pre-release
            "12.10 -   v=0.9.1---",
            "1.100.1+b-1.1 - vv2.3.100---",
            "3.10.9007199254740990+sha.1 - vv2.2.100-10");

    @Test
    void holdsWhatNpmSaysForEveryPairOfTheTable() throws IOException {
        List<String> wrong = new ArrayList<>();
        int pairs = 0;
        for (String[] row : table()) {
            VersionRange range = parseOrNull(row[0]);
            if (row[1].equals("refused") || range == null) {
                continue;
            }
            for (int column = 1; column <= 2; column++) {
                for (String version : row[column].split(" ", -1)) {
                    if (!version.isEmpty()) {
                        pairs++;
                        if (range.contains(ModelVersion.parse(version)) != (column == 1)) {
                            wrong.add(row[0] + " and " + version);
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(pairs).isGreaterThan(10_000);
    }

    @Test
    void refusesEveryRangeThatNpmRefusesAndOnlyGuessworkBeyond() throws IOException {
        List<String> readHere = new ArrayList<>();
        Set<String> refusedHere = new TreeSet<>();
        int refused = 0;
        for (String[] row : table()) {
            VersionRange range = parseOrNull(row[0]);
            if (row[1].equals("refused")) {
                refused++;
                if (range != null) {
                    readHere.add(row[0]);
                }
            } else if (range == null) {
                refusedHere.add(row[0]);
            }
        }
        assertThat(readHere).isEmpty();
        assertThat(refusedHere).isEqualTo(new TreeSet<>(REFUSED_HERE_ONLY));
        assertThat(refused).isGreaterThan(200);
    }

    @Test
    void keepsItsMeaningWhenItIsPrintedAndReadAgain() throws IOException {
        for (String[] row : table()) {
            VersionRange range = parseOrNull(row[0]);
            if (range != null) {
                VersionRange again = VersionRange.parse(range.toString());
                assertThat(again).as(row[0]).isEqualTo(range).hasToString(range.toString());
                assertThat(range.toString()).doesNotContainPattern("^\\s|\\s$|\\s\\s|[^ -~]");
            }
        }
    }

    private static @Nullable VersionRange parseOrNull(String text) {
        try {
            return VersionRange.parse(text);
        } catch (InvalidValueException refused) {
            return null;
        }
    }

    private static List<String[]> table() throws IOException {
        try (InputStream in = NpmSemverTableTest.class.getResourceAsStream("npm-semver-table.tsv")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .peek(row -> row[0] = unescape(row[0]))
                    .toList();
        }
    }

    private static String unescape(String json) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            c = json.charAt(++i);
            if (c == 'u') {
                out.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                i += 4;
            } else {
                int escape = "tnrfb".indexOf(c);
                out.append(escape < 0 ? c : "\t\n\r\f\b".charAt(escape));
            }
        }
        return out.toString();
    }
}
