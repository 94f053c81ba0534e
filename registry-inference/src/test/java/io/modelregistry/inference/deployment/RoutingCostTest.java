package io.modelregistry.inference.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.deployment.PinnedVersion;
import io.modelregistry.deployment.Traffic;
import io.modelregistry.deployment.Variant;
import io.modelregistry.inference.monitor.MetricsSink;
import io.modelregistry.inference.runtime.RequestContext;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.ModelVersion;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What it costs to choose a version: no garbage, and the processor time that is printed. */
final class RoutingCostTest {
    private static final Logger LOG = LoggerFactory.getLogger(RoutingCostTest.class);
    private static final com.sun.management.ThreadMXBean THREAD =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CONTEXTS = 1 << 12;
    private static final int WARM_UP = 100;
    private static final int PAIRS = 201;
    private static final int PASSES = 25;

    /** Keeps the choices alive. */
    private static volatile int hidden;

    private final Target primary = target("primary", "1.0.0");
    private final Target canary = target("canary", "2.0.0");
    private final RequestContext[] contexts = new RequestContext[CONTEXTS];

    /** What a table looks like. */
    enum Routes {
        ONE_VERSION,
        HALF_BY_KEY,
        HALF_BY_CHANCE,
        RULE_THEN_HALF_BY_KEY
    }

    private static Target target(String variant, String version) {
        PinnedVersion pinned =
                new PinnedVersion(ModelName.parse("m"), ModelVersion.parse(version), Digest.sha256(new byte[0]));
        ServingTerms terms = new ServingTerms("d", DeploymentOptions.defaults(), MetricsSink.none());
        return new Target("d", variant, new ServingVersion(pinned, terms));
    }

    private RoutingTable table(Routes routes) {
        int half = Traffic.WHOLE / 2;
        List<Variant> variants = routes == Routes.ONE_VERSION
                ? List.of(new Variant("primary", primary.version().pinned(), Traffic.WHOLE))
                : List.of(
                        new Variant("primary", primary.version().pinned(), half),
                        new Variant("canary", canary.version().pinned(), Traffic.WHOLE - half));
        List<Traffic.Rule> rules = routes == Routes.RULE_THEN_HALF_BY_KEY
                ? List.of(new Traffic.Rule("tenant", "nobody", "canary"))
                : List.of();
        Traffic traffic = new Traffic("salt", Traffic.Unit.KEYS, variants, rules, Optional.empty());
        return new RoutingTable(
                traffic, variant -> variant.name().equals("canary") ? canary : primary, Optional.empty());
    }

    private int choose(RoutingTable table) {
        int chosen = 0;
        for (int pass = 0; pass < PASSES; pass++) {
            for (RequestContext context : contexts) {
                chosen += table.choose(context) == canary ? 1 : 0;
            }
        }
        return chosen;
    }

    /** The same loop without a choice. */
    private int look() {
        int seen = 0;
        for (int pass = 0; pass < PASSES; pass++) {
            for (RequestContext context : contexts) {
                seen += context.keyOrNull() == null ? 1 : 0;
            }
        }
        return seen;
    }

    @ParameterizedTest
    @EnumSource
    void choosingMakesNoGarbage(Routes routes) {
        for (int i = 0; i < CONTEXTS; i++) {
            RequestContext context = RequestContext.none().attribute("tenant", "t" + i % 7);
            contexts[i] = routes == Routes.HALF_BY_CHANCE ? context : context.withKey("customer-" + i);
        }
        RoutingTable table = table(routes);
        double[] nanos = new double[PAIRS];
        long bytes = 0;
        for (int pair = -WARM_UP; pair < PAIRS; pair++) {
            bytes = pair == 0 ? -THREAD.getCurrentThreadAllocatedBytes() : bytes;
            long begun = THREAD.getCurrentThreadCpuTime();
            hidden = choose(table);
            long between = THREAD.getCurrentThreadCpuTime();
            hidden = look();
            long end = THREAD.getCurrentThreadCpuTime();
            nanos[Math.max(0, pair)] = ((between - begun) - (end - between)) / (double) (PASSES * CONTEXTS);
        }
        bytes += THREAD.getCurrentThreadAllocatedBytes();
        Arrays.sort(nanos);
        String times = String.format(
                Locale.ROOT,
                "%.1f ns (quartiles %.1f to %.1f)",
                nanos[PAIRS / 2],
                nanos[PAIRS / 4],
                nanos[PAIRS * 3 / 4]);
        LOG.info("{}: {}", routes, times);
        assertThat(bytes)
                .as("bytes of %s choices", (long) PAIRS * PASSES * CONTEXTS)
                .isLessThan(1_000_000);
    }
}
