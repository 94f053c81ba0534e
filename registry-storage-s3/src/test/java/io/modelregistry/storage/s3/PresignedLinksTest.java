package io.modelregistry.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.modelregistry.ModelRegistries;
import io.modelregistry.model.ArtifactPath;
import io.modelregistry.model.InvalidValueException;
import io.modelregistry.registry.ModelNotFoundException;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.registry.Registration;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import io.modelregistry.storage.s3.server.S3Servers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Links that need no credentials. */
class PresignedLinksTest {
    private static final ArtifactPath FILE = ArtifactPath.of("model.bin");

    private static HttpResponse<String> get(URI link) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Registration registration() {
        return Registration.of("iris")
                .file("model.bin", "weights".getBytes(UTF_8))
                .build();
    }

    @Test
    void aLinkGivesTheFileUntilItExpires() throws Exception {
        try (ModelRegistry registry =
                ModelRegistries.open(S3Servers.node(S3Servers.s3proxy()).build())) {
            registry.register(registration());
            URI link = registry.artifacts("iris")
                    .findDownloadLink(FILE, Duration.ofMinutes(1))
                    .orElseThrow();
            assertThat(get(link).body()).isEqualTo("weights");
            assertThat(link.toString())
                    .doesNotContain(S3Servers.credentials().resolveCredentials().secretAccessKey());

            URI changed = URI.create(link.toString().replace("model.bin", "other.bin"));
            assertThat(get(changed).statusCode()).as("a link of another file").isEqualTo(403);

            URI brief = registry.artifacts("iris")
                    .findDownloadLink(FILE, Duration.ofSeconds(1))
                    .orElseThrow();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(get(brief).statusCode()).isEqualTo(403));
        }
    }

    @Test
    void whatCannotBeLinkedIsRefused() {
        try (ModelRegistry registry =
                ModelRegistries.open(S3Servers.node(S3Servers.s3proxy()).build())) {
            registry.register(registration());
            for (Duration duration : new Duration[] {Duration.ZERO, Duration.ofDays(8)}) {
                assertThatThrownBy(() -> registry.artifacts("iris").findDownloadLink(FILE, duration))
                        .isInstanceOf(InvalidValueException.class);
            }
            assertThatThrownBy(() ->
                            registry.artifacts("iris").findDownloadLink(ArtifactPath.of("none"), Duration.ofMinutes(1)))
                    .isInstanceOf(ModelNotFoundException.class);
        }
    }

    @Test
    void aStoreWithoutLinksHasNone() {
        try (ModelRegistry registry = ModelRegistries.open(new InMemoryStorageNode())) {
            registry.register(registration());
            assertThat(registry.artifacts("iris").findDownloadLink(FILE, Duration.ofMinutes(1)))
                    .isEmpty();
        }
    }
}
