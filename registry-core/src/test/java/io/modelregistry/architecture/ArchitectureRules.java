package io.modelregistry.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rules over compiled classes, for all packages under one root.
 *
 * <p>The root is a parameter so that the rules can be shown to fail on classes that were planted under another one. A
 * rule is content with a module that has nothing it speaks of; that it can fail is proved by those.
 */
public final class ArchitectureRules {
    private final String root;
    private final PackageArrows arrows;
    private final PublicShape shape;

    private ArchitectureRules(String root) {
        this.root = root;
        this.arrows = new PackageArrows(root);
        this.shape = new PublicShape(root);
    }

    /** The rules for a root package such as {@code io.modelregistry}. */
    public static ArchitectureRules under(String root) {
        return new ArchitectureRules(root);
    }

    /** Every rule by the sentence that it enforces, in a fixed order. */
    public Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put(
                "packages have no cycles",
                slices().assignedFrom(onePerPackage()).should().beFreeOfCycles());
        rules.put(
                "packages use only those below them",
                classes().that(arrows.ours()).should(arrows.followTheArrows()));
        rules.put("only the ONNX adapter knows ONNX Runtime", only("inference.onnx", "ai.onnxruntime.."));
        rules.put(
                "only the DJL adapter knows DJL, TensorFlow and JavaCPP",
                only("inference.djl", "ai.djl..", "org.tensorflow..", "org.bytedeco.."));
        rules.put("internal packages are used only by the core's wiring", internalStaysHome());
        rules.put("storage types stay below the registry", shape.storageStaysBelow());
        rules.put("third-party types stay out of public signatures", shape.thirdPartyTypesStayInside());
        rules.put(
                "static fields do not change",
                fields().that(StaticState.areOurs(root)).should(StaticState.notChange()));
        rules.put("names say what a type is", classes().that(arrows.ours()).should(Naming.sayWhatTheyAre()));
        rules.put("accessors have no get", methods().that(shape.arePublic()).should(Naming.notBeGetters()));
        rules.put(
                "find returns what may be absent",
                methods().that(shape.arePublic()).should(Naming.returnWhatMayBeAbsent()));
        rules.put(
                "public methods take no boolean",
                methods().that(shape.arePublic()).should(Naming.takeNoBoolean()));
        rules.put(
                "public methods take at most four",
                methods().that(shape.arePublic()).should(Naming.takeAtMost(4)));
        rules.put(
                "every package is null-marked",
                classes().that(arrows.ours()).should(Naming.liveInNullMarkedPackages()));
        rules.replaceAll((name, rule) -> rule.as(name).allowEmptyShould(true));
        return rules;
    }

    private SliceAssignment onePerPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return arrows.ours().test(type) ? SliceIdentifier.of(type.getPackageName()) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    private ArchRule only(String adapter, String... engine) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root + "." + adapter + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(engine);
    }

    private ArchRule internalStaysHome() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(root, root + ".internal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".internal..");
    }
}
