package io.modelregistry.maintenance;

import static io.modelregistry.maintenance.SampleRegistry.everythingReadFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.RegistryMaintenance;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.maintenance.Finding.Kind;
import io.modelregistry.maintenance.Finding.Severity;
import io.modelregistry.model.ModelName;
import io.modelregistry.model.RegistryException;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.ListedObject;
import io.modelregistry.storage.StorageKey;
import io.modelregistry.storage.StorageNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Damages every object of a small registry in every way, and expects a check to name exactly that object. */
public abstract class DamageContract {
    private StorageNode node;

    /** An empty store. */
    protected abstract StorageNode create() throws IOException;

    /** Changes a stored object behind the registry's back. */
    protected abstract void tamper(StorageNode store, StorageKey key, byte[] bytes) throws IOException;

    @BeforeEach
    void fill() throws IOException {
        node = create();
        SampleRegistry.fill(node);
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    private VerificationReport verify() {
        return RegistryMaintenance.over(node).verify();
    }

    /** The objects whose bytes nothing vouches for. */
    private Set<String> leftovers() {
        return verify().findings().stream()
                .filter(finding -> finding.kind() == Kind.LEFTOVER)
                .map(Finding::key)
                .collect(Collectors.toSet());
    }

    @Test
    void aSoundRegistryHasNoDamage() throws IOException {
        VerificationReport before = verify();
        assertThat(before.findings(Severity.DAMAGE)).isEmpty();
        assertThat(before.findings(Severity.WARNING)).isEmpty();
        assertThat(before.isSound()).isTrue();
        assertThat(before.findings())
                .containsExactly(new Finding(
                        "models/iris/2.0.0-rc.1/m.bin",
                        Kind.LEFTOVER,
                        "an attempt uploaded it, and another one sealed the version"));

        SampleRegistry.addUnpublished(node);

        assertThat(verify().findings())
                .extracting(finding -> finding.kind() + " " + finding.key())
                .containsExactly(
                        "LEFTOVER models/iris/2.0.0-rc.1/m.bin",
                        "LEFTOVER models/iris/3.0.0/m.bin",
                        "CLAIMED models/iris/3.0.0_meta.json",
                        "VOID models/iris/4.0.0_meta.json",
                        "UNPUBLISHED models/iris/5.0.0_meta.json");
        assertThat(verify().isSound()).isTrue();
    }

    @Test
    void aFlippedByteIsFoundWhereverItIsAndNeverRead() throws IOException {
        String sound = everythingReadFrom(node);
        SampleRegistry.addUnpublished(node);
        Set<String> unnamed = leftovers();
        for (Map.Entry<String, byte[]> object : SampleRegistry.objects(node).entrySet()) {
            if (unnamed.contains(object.getKey())) {
                continue;
            }
            int length = object.getValue().length;
            if (length == 0) {
                continue; // It is its name.
            }
            for (int position : new TreeSet<>(List.of(0, length / 3, length / 2, length - 1))) {
                byte[] flipped = object.getValue().clone();
                flipped[position] ^= 1;
                damage(object, flipped, "byte " + position, sound);
            }
        }
        assertThat(verify().isSound()).isTrue();
    }

    @Test
    void anObjectCutInHalfIsFoundAndNeverRead() throws IOException {
        String sound = everythingReadFrom(node);
        SampleRegistry.addUnpublished(node);
        Set<String> unnamed = leftovers();
        for (Map.Entry<String, byte[]> object : SampleRegistry.objects(node).entrySet()) {
            byte[] bytes = object.getValue();
            if (!unnamed.contains(object.getKey()) && bytes.length > 0) {
                damage(object, Arrays.copyOf(bytes, bytes.length / 2), "half", sound);
                damage(object, new byte[0], "nothing", sound);
                damage(object, Arrays.copyOf(bytes, bytes.length + 1), "more", sound);
            }
        }
    }

    /** As if somebody had put the folders of models there, and nothing else. */
    @Test
    void modelsThatAreNotListedAreNamedAndListedAgain() throws IOException {
        String sound = everythingReadFrom(node);
        for (ListedObject listed : node.list(ModelKeys.NAMES, null, 1000)) {
            node.delete(listed.key());
        }
        assertThat(verify().findings(Severity.DAMAGE))
                .extracting(Finding::key)
                .containsExactly("models/_meta/names/default/iris", "models/_meta/names/nlp/sentiment");
        assertThat(RegistryMaintenance.over(node).restoreNames())
                .containsExactly(ModelName.parse("iris"), ModelName.parse("nlp/sentiment"));
        assertThat(verify().isSound()).isTrue();
        assertThat(everythingReadFrom(node)).isEqualTo(sound);
        assertThat(RegistryMaintenance.over(node).restoreNames()).isEmpty();
    }

    private void damage(Map.Entry<String, byte[]> object, byte[] damaged, String how, String sound) throws IOException {
        StorageKey key = StorageKey.of(object.getKey());
        tamper(node, key, damaged);
        assertThat(verify().findings(Severity.DAMAGE))
                .as("%s of %s", how, key)
                .isNotEmpty()
                .allSatisfy(finding -> {
                    assertThat(finding.key()).isEqualTo(key.value());
                    assertThat(finding.kind()).isEqualTo(Kind.DAMAGED);
                });
        assertReadsAreRefusedOrSound(how + " of " + key, sound);
        tamper(node, key, object.getValue());
    }

    private void assertReadsAreRefusedOrSound(String what, String sound) {
        try {
            assertThat(everythingReadFrom(node)).as(what).isEqualTo(sound);
        } catch (RegistryException e) {
            assertThat(e).as(what).isInstanceOf(CorruptionException.class);
        } catch (IOException e) {
            assertThat(e).as(what).hasCauseInstanceOf(CorruptionException.class);
        }
    }

    @Test
    void aMissingObjectIsNamed() throws IOException {
        String sound = everythingReadFrom(node);
        Set<String> unnamed = leftovers();
        SortedMap<String, byte[]> objects = SampleRegistry.objects(node);
        for (Map.Entry<String, byte[]> object : objects.entrySet()) {
            StorageKey key = StorageKey.of(object.getKey());
            if (unnamed.contains(key.value())) {
                continue;
            }
            node.delete(key);
            assertThat(verify().findings(Severity.DAMAGE))
                    .as("without %s", key)
                    .extracting(finding -> finding.kind() + " " + finding.key())
                    .containsExactly("MISSING " + key);
            boolean isListed = !key.name().equals("_model.json") && !ModelKeys.NAMES.contains(key);
            if (isListed) {
                assertReadsAreRefusedOrSound("without " + key, sound);
            }
            tamper(node, key, object.getValue());
        }
        assertThat(verify().isSound()).isTrue();
    }

    @Test
    void whatTheRegistryHasNotPutThereIsForeign() throws IOException {
        List<String> planted = List.of(
                "models/readme.txt",
                "models/_meta/other.json",
                "models/_meta/names/iris",
                "models/_meta/names/nlp/other/x",
                "models/_meta/names/nlp/Upper",
                "models/_other/x",
                "models/iris/readme.txt",
                "models/iris/Upper/_model.json",
                "models/iris/_other.json",
                "models/iris/_history/1.json",
                "models/iris/_history/x",
                "models/iris/_pages/a/b",
                "models/iris/1.0.0/extra/notes.txt",
                "models/iris/01.0.0/m.bin",
                "models/iris/1.0_meta.json",
                "models/iris/~x/y",
                "models/nlp/readme.txt",
                "models/nlp/sentiment/readme/x.txt",
                "models/default/iris/_model.json",
                "models/notes/of/somebody.txt");
        for (String text : planted) {
            StorageKey key = StorageKey.of(text);
            tamper(node, key, SampleRegistry.bytes("x"));
            assertThat(verify().findings())
                    .as(text)
                    .filteredOn(finding -> finding.kind() != Kind.LEFTOVER)
                    .extracting(finding -> finding.kind() + " " + finding.key())
                    .containsExactly("FOREIGN " + text);
            node.delete(key);
        }
    }
}
