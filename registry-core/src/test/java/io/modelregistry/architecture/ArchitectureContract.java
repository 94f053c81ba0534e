package io.modelregistry.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
