package io.modelregistry.storage.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.contract.StorageNodeContract;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs the kit against nodes with a planted defect. */
class ContractKitProofTest {
    private static final String SOUND = "none";

    @ParameterizedTest
    @EnumSource
    void aPlantedDefectIsNoticedByTheTestThatIsMeantForIt(PlantedDefect defect) {
        Events tests = run(defect.name(), defect.noticedBy());
        assertThat(tests.failed().count()).as("red tests").isPositive();
        assertThat(tests.aborted().count()).as("aborted tests").isZero();
    }

    @Test
    void aSoundNodePassesEveryOneOfThoseTests() {
        String[] all = Stream.of(PlantedDefect.values())
                .map(PlantedDefect::noticedBy)
                .distinct()
                .toArray(String[]::new);
        Events tests = run(SOUND, all);
        assertThat(tests.failed().count()).as("red tests").isZero();
        assertThat(tests.succeeded().count()).as("green tests").isGreaterThan(all.length);
    }

    private static Events run(String defect, String... methods) {
        DiscoverySelector[] selectors = Stream.of(methods)
                .map(method -> method.endsWith(")") ? method : method + "()")
                .map(method -> DiscoverySelectors.selectMethod(PlantedContract.class.getName() + "#" + method))
                .toArray(DiscoverySelector[]::new);
        return EngineTestKit.engine("junit-jupiter")
                .configurationParameter(DefectResolver.PARAMETER, defect)
                .selectors(selectors)
                .execute()
                .testEvents();
    }

    /** The kit over a node with the defect that the configuration names; only run from here. */
    @ExtendWith(DefectResolver.class)
    static class PlantedContract extends StorageNodeContract {
        private final String defect;

        PlantedContract(String defect) {
            this.defect = defect;
        }

        @Override
        protected StorageNode openEmpty() {
            return SOUND.equals(defect)
                    ? new SoundNode()
                    : PlantedDefect.valueOf(defect).node();
        }
    }

    /** Gives the name of the defect to the constructor. */
    static final class DefectResolver implements ParameterResolver {
        static final String PARAMETER = "storage.contract.defect";

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getDeclaringExecutable().getDeclaringClass() == PlantedContract.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getConfigurationParameter(PARAMETER).orElseThrow();
        }
    }
}
