package io.modelregistry.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Checks the main code of the module that it runs in; each library module has an empty subclass of it. */
public abstract class ArchitectureContract {
    private static final String ROOT = "io.modelregistry";

    private final Path module = Path.of(System.getProperty("basedir", ""));
    private final Path classes = module.resolve("target/classes");

    /** Guards the others: with the wrong folder they would find nothing to complain about. */
    @Test
    void looksAtTheClassesOfThisModule() {
        assertThat(classes.resolve("module-info.class")).isRegularFile();
        assertThat(Files.isDirectory(module.resolve("src/main/java"))).isTrue();
    }

    @TestFactory
    Stream<DynamicTest> keepsTheRulesForClasses() {
        JavaClasses imported = new ClassFileImporter().importPath(classes);
        return ArchitectureRules.under(ROOT).all().entrySet().stream()
                .map(rule -> dynamicTest(rule.getKey(), () -> rule.getValue().check(imported)));
    }

    @TestFactory
    Stream<DynamicTest> keepsTheRulesForSources() {
        Path sources = module.resolve("src/main/java");
        return SourceRules.all().entrySet().stream()
                .map(rule -> dynamicTest(
                        rule.getKey(),
                        () -> assertThat(SourceRules.violations(sources, rule.getValue()))
                                .as(rule.getKey())
                                .isEmpty()));
    }

    /** A package that was forgotten would be missing for users on the module path only. */
    @Test
    void exportsEveryPackageWithPublicTypesButTheInternalOnes() throws IOException {
        Set<String> open = new ClassFileImporter()
                .importPath(classes).stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .map(type -> type.getPackageName())
                        .filter(name -> !(name + ".").contains(".internal."))
                        .collect(Collectors.toSet());

        assertThat(descriptor().exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrderElementsOf(open);
    }

    /** The class path reads the one, the module path the other. */
    @Test
    void namesTheSameProvidersInBothPlaces() throws IOException {
        Map<String, Set<String>> provided = new TreeMap<>();
        for (ModuleDescriptor.Provides provides : descriptor().provides()) {
            provided.put(provides.service(), new TreeSet<>(provides.providers()));
        }

        assertThat(services()).isEqualTo(provided);
    }

    private ModuleDescriptor descriptor() throws IOException {
        try (InputStream compiled = Files.newInputStream(classes.resolve("module-info.class"))) {
            return ModuleDescriptor.read(compiled);
        }
    }

    private Map<String, Set<String>> services() throws IOException {
        Path folder = classes.resolve("META-INF/services");
        if (!Files.isDirectory(folder)) {
            return Map.of();
        }
        Map<String, Set<String>> services = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                services.put(
                        file.getFileName().toString(),
                        Files.readAllLines(file).stream()
                                .map(line -> line.replaceAll("#.*", "").strip())
                                .filter(line -> !line.isEmpty())
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return services;
    }
}
