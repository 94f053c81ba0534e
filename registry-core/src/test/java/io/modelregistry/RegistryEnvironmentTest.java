package io.modelregistry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.cache.LocalCache;
import io.modelregistry.cache.Offline;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.RegisteredVersion;
import io.modelregistry.registry.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryEnvironmentTest {
    @Test
    void variablesOpenARegistry() {
        Map<String, String> variables = Map.of(
                "PATH", "/bin",
                "MODEL_REGISTRY_STORAGE", "memory:",
                "MODEL_REGISTRY_ACTOR", "service:churn",
                "MODEL_REGISTRY_FRESHNESS", "5s");
        try (ModelRegistry registry = ModelRegistries.fromEnvironment(variables)) {
            RegisteredVersion version = registry.register(
                    Registration.of("iris").file("m", "x".getBytes(UTF_8)).build());
            assertThat(version.manifest().created().by()).hasToString("service:churn");
        }
    }

    @Test
    void whatKubernetesSaysOfAServiceOfThatNameIsPassedOver() {
        Map<String, String> variables = Map.of(
                "MODEL_REGISTRY_STORAGE", "memory:",
                "MODEL_REGISTRY_SERVICE_HOST", "10.0.0.11",
                "MODEL_REGISTRY_SERVICE_PORT", "80",
                "MODEL_REGISTRY_SERVICE_PORT_HTTP", "80",
                "MODEL_REGISTRY_PORT", "tcp://10.0.0.11:80",
                "MODEL_REGISTRY_PORT_80_TCP", "tcp://10.0.0.11:80",
                "MODEL_REGISTRY_PORT_80_TCP_ADDR", "10.0.0.11",
                "MODEL_REGISTRY_DB_SERVICE_HOST", "10.0.0.12",
                "MODEL_REGISTRY_DB_PORT", "tcp://10.0.0.12:3306",
                "MODEL_REGISTRY_SERVICE_PORT_3306_TCP_PROTO", "tcp");
        ModelRegistries.fromEnvironment(variables).close();
        for (String unknown : new String[] {
            "MODEL_REGISTRY_PORT", "MODEL_REGISTRY_PORTS", "MODEL_REGISTRY_PORT_80", "MODEL_REGISTRY_SERVICE"
        }) {
            assertThatThrownBy(() -> RegistryEnvironment.of(Map.of(unknown, "80")))
                    .isInstanceOf(InvalidValueException.class)
                    .hasMessageContaining("'" + unknown + "'");
        }
    }

    @Test
    void everyVariableIsUnderstood() {
        RegistryEnvironment environment = RegistryEnvironment.of(Map.of(
                "MODEL_REGISTRY_STORAGE", "s3://models/prod?region=eu-central-1",
                "MODEL_REGISTRY_CACHE", "/var/cache/models",
                "MODEL_REGISTRY_CACHE_BYTES", "20GiB",
                "MODEL_REGISTRY_OFFLINE", "serve-cached",
                "MODEL_REGISTRY_FRESHNESS", "PT0.5S",
                "MODEL_REGISTRY_REPLICAS", "2",
                "MODEL_REGISTRY_THREADS", "4",
                "MODEL_REGISTRY_MEMORY", "8 gib"));
        assertThat(environment.storage()).hasToString("s3://models/prod?region=eu-central-1");
        LocalCache cache = environment.cache().orElseThrow();
        assertThat(cache.folder()).isEqualTo(Path.of("/var/cache/models"));
        assertThat(cache.maxBytes()).isEqualTo(20L << 30);
        assertThat(cache.offline()).isEqualTo(Offline.SERVE_CACHED);
        assertThat(environment.freshness()).isEqualTo(Duration.ofMillis(500));
        assertThat(environment.replicas()).hasValue(2);
        assertThat(environment.threads()).hasValue(4);
        assertThat(environment.memoryBytes()).hasValue(8L << 30);
    }

    @Test
    void whatIsNotSetIsLeftOpen() {
        RegistryEnvironment environment = RegistryEnvironment.of(Map.of("MODEL_REGISTRY_CACHE", " "));
        assertThat(environment.cache()).isEmpty();
        assertThat(environment.freshness()).isZero();
        assertThat(environment.replicas()).isEmpty();
        assertThat(environment.memoryBytes()).isEmpty();
        assertThatThrownBy(environment::open)
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("MODEL_REGISTRY_STORAGE")
                .hasMessageContaining("not set");
    }

    @ParameterizedTest
    @CsvSource({
        "STORAGE,not a uri",
        "STORAGE,nosuch:x",
        "CACHE_BYTES,many",
        "CACHE_BYTES,-1",
        "CACHE_BYTES,99999999TiB",
        "OFFLINE,sometimes",
        "FRESHNESS,soon",
        "FRESHNESS,-PT1S",
        "ACTOR,nobody at all",
    })
    void whatCannotBeUnderstoodIsRefusedByName(String name, String value) {
        Map<String, String> variables = name.equals("STORAGE")
                ? Map.of("MODEL_REGISTRY_STORAGE", value)
                : Map.of(
                        "MODEL_REGISTRY_STORAGE",
                        "memory:",
                        "MODEL_REGISTRY_CACHE",
                        "cache",
                        "MODEL_REGISTRY_" + name,
                        value);
        assertThatThrownBy(() -> ModelRegistries.fromEnvironment(variables))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageMatching("(?s).*(MODEL_REGISTRY_" + name + "|nosuch|freshness bound).*");
    }

    @Test
    void aMisspelledVariableIsRefused() {
        assertThatThrownBy(() -> RegistryEnvironment.of(Map.of("MODEL_REGISTRY_STORE", "memory:")))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("MODEL_REGISTRY_STORE")
                .hasMessageContaining("STORAGE");
    }

    @ParameterizedTest
    @CsvSource({"0", "10001", "two"})
    void numbersHaveBounds(String value) {
        RegistryEnvironment environment = RegistryEnvironment.of(Map.of("MODEL_REGISTRY_REPLICAS", value));
        assertThatThrownBy(environment::replicas)
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining("MODEL_REGISTRY_REPLICAS");
    }
}
