package io.modelregistry.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.model.Digest;
import io.modelregistry.model.ModelName;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.Content;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import io.modelregistry.storage.WriteCondition;
import io.modelregistry.storage.memory.InMemoryStorageNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryDamageTest extends DamageContract {
    @Override
    protected StorageNode create() {
        return new InMemoryStorageNode();
    }

    @Override
    protected void tamper(StorageNode store, StorageKey key, byte[] bytes) throws IOException {
        store.write(key, Content.of(bytes), WriteCondition.unconditional());
    }

    private static VerificationReport verify(StorageNode node) {
        return RegistryMaintenance.over(node).verify();
    }

    @Test
    void aPageIsCheckedAndDamageInItBlamesNothingElse() throws IOException {
        try (StorageNode node = create()) {
            try (ModelRegistry registry = SampleRegistry.open(node)) {
                for (int i = 0; i < 70; i++) {
                    SampleRegistry.register(registry, "many", "1.0." + i, "content " + i);
                }
            }
            ModelKeys many = ModelKeys.of(ModelName.parse("many"));
            StorageKey page =
                    node.list(many.folder(ModelKeys.PAGES), null, 10).get(0).key();
            byte[] sound = node.readAll(page);
            assertThat(verify(node).findings()).isEmpty();
            assertThat(verify(node).objects()).isEqualTo(1 + 1 + 1 + 69 + 2 + 70 + 70);
            StorageKey orphan = many.page("0123-orphan-1");
            tamper(node, orphan, SampleRegistry.bytes("{}"));
            assertThat(verify(node).findings())
                    .extracting(Finding::toString)
                    .containsExactly("LEFTOVER " + orphan + ": no head names this page of the version table");

            byte[] flipped = sound.clone();
            flipped[100] ^= 1;
            tamper(node, page, flipped);
            assertThat(verify(node).findings())
                    .extracting(Finding::toString)
                    .containsExactly("DAMAGED " + page + ": its bytes do not match its name");

            node.delete(page);
            assertThat(verify(node).findings())
                    .extracting(Finding::toString)
                    .containsExactly("MISSING " + page + ": it is missing, and the version table names it");
        }
    }

    @Test
    void aRegistryOfANewerFormatIsReportedAsSuch() throws IOException {
        try (StorageNode node = create()) {
            SampleRegistry.fill(node);
            for (String key : List.of("models/_meta/_registry.json", "models/iris/_model.json")) {
                StorageKey document = StorageKey.of(key);
                tamper(node, document, newer(node.readAll(document)));
            }

            assertThat(verify(node).findings())
                    .filteredOn(finding -> finding.kind() != Kind.LEFTOVER)
                    .extracting(Finding::toString)
                    .containsExactly(
                            "NEWER_FORMAT models/_meta/_registry.json: it has format 2, this version of the library knows 1",
                            "NEWER_FORMAT models/iris/_model.json: it has format 2, this version of the library knows 1");
            assertThat(verify(node).isSound()).isTrue();
        }
    }

    private static byte[] newer(byte[] document) {
        String text = new String(document, StandardCharsets.UTF_8).replaceFirst("\"format\":1", "\"format\":2");
        String body = text.substring(0, text.lastIndexOf(",\"checksum\""));
        String checksum = Digest.sha256(SampleRegistry.bytes(body)).hex();
        return SampleRegistry.bytes(body + ",\"checksum\":\"" + checksum + "\"}");
    }

    @Test
    void anEmptyStoreIsSound() throws IOException {
        try (StorageNode node = create()) {
            assertThat(verify(node)).hasToString("0 objects, 0 bytes: nothing found");
        }
    }
}
