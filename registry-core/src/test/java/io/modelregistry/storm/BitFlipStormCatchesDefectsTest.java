package io.modelregistry.storm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelregistry.model.ArtifactFile;
import io.modelregistry.model.ModelRef;
import io.modelregistry.registry.ModelRegistry;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Each of these readers has a defect, and the storm of flipped bits reports it. */
class BitFlipStormCatchesDefectsTest {
    private static final int FLIPS = 150;

    @Test
    void aReaderOfFilesThatSkipsTheDigest() {
        assertCaught(new FlipReader() {
            @Override
            byte[] file(StorageNode node, ModelRegistry registry, ModelRef ref, ArtifactFile file) throws IOException {
                StorageKey key = StorageKey.of(
                        "models/" + ref.name() + "/" + registry.get(ref).version() + "/" + file.path());
                return node.find(key).isPresent() ? node.readAll(key) : super.file(node, registry, ref, file);
            }
        });
    }

    @Test
    void aReaderOfDocumentsThatSkipsTheChecksum() {
        assertCaught(new FlipReader() {
            @Override
            SortedMap<String, String> read(StorageNode node, FlipSubject.Target target) throws IOException {
                SortedMap<String, String> answers = super.read(node, target);
                if (target.kind() == FlipSubject.Kind.HEAD || target.kind() == FlipSubject.Kind.EVENT) {
                    answers.put("document", document(node, StorageKey.of(target.key())));
                }
                return answers;
            }
        });
    }

    private static String document(StorageNode node, StorageKey key) throws IOException {
        try {
            return new ObjectMapper().readTree(node.readAll(key)).toString();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return FlipReader.REFUSED + key;
        }
    }

    private static void assertCaught(FlipReader reader) {
        assertThatThrownBy(() -> new BitFlipRun(new MemoryStores(), reader).blow(FLIPS))
                .isExactlyInstanceOf(StormFailure.class)
                .hasMessageContaining("bit flip storm on memory, seed " + StormSettings.seed())
                .hasMessageContaining("is answered with");
    }
}
