package io.modelregistry.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Sources that break a rule on purpose, compiled into a folder of the test. */
final class PlantedSources {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("(?:class|interface|record|enum) (\\w+)");

    private final Path folder;

    PlantedSources(Path folder) {
        this.folder = folder;
    }

    /** Compiles texts of one top-level type each, and imports all classes but the stand-ins for other libraries. */
    JavaClasses compiled(List<String> texts) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String text : texts) {
            Path file = folder.resolve(first(PACKAGE, text).replace('.', '/')).resolve(first(TYPE, text) + ".java");
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            Path marked = file.resolveSibling("package-info.java");
            if (!first(PACKAGE, text).endsWith(".unmarked")) {
                Files.writeString(marked, "@org.jspecify.annotations.NullMarked package " + first(PACKAGE, text) + ";");
                if (!files.contains(marked)) {
                    files.add(marked);
                }
            }
            files.add(file);
        }
        Path output = Files.createDirectories(folder.resolve("classes"));
        compile(files, output);
        return new ClassFileImporter().importPath(output.resolve("io/modelregistry"));
    }

    private static void compile(List<Path> files, Path output) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> units = manager.getJavaFileObjectsFromPaths(files);
            List<String> options = List.of(
                    "--release",
                    "17",
                    "-proc:none",
                    "-d",
                    output.toString(),
                    "-cp",
                    System.getProperty("java.class.path"));
            boolean ok =
                    javac.getTask(messages, manager, null, options, null, units).call();
            assertThat(ok).as(messages.toString()).isTrue();
        }
    }

    private static String first(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .findFirst()
                .map((MatchResult found) -> found.group(1))
                .orElseThrow(() -> new IllegalArgumentException("No " + pattern + " in: " + text));
    }
}
