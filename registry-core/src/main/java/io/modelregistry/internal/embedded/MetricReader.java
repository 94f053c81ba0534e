package io.modelregistry.internal.embedded;

import io.modelregistry.internal.document.EvaluationReader;
import io.modelregistry.internal.document.ModelKeys;
import io.modelregistry.internal.state.TableRow;
import io.modelregistry.internal.store.StoreErrors;
import io.modelregistry.internal.store.VerifyingStream;
import io.modelregistry.lifecycle.Attachment;
import io.modelregistry.registry.CorruptionException;
import io.modelregistry.storage.NoSuchKeyException;
import io.modelregistry.storage.StorageKey;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Reads a metric of a version: from its manifest, else from its newest evaluation that has it. */
final class MetricReader {
    private static final String EVALUATION = "evaluation";

    private final Engine engine;
    private final String metric;

    MetricReader(Engine engine, String metric) {
        this.engine = engine;
        this.metric = metric;
    }

    Optional<Double> find(ModelKeys keys, TableRow row) {
        Double sealed =
                engine.manifests.read(keys, row.row()).manifest().metrics().get(metric);
        return sealed != null ? Optional.of(sealed) : evaluated(keys, row);
    }

    private Optional<Double> evaluated(ModelKeys keys, TableRow row) {
        List<Attachment> attachments = row.state().attachments();
        for (int i = attachments.size() - 1; i >= 0; i--) {
            Attachment attachment = attachments.get(i);
            if (attachment.kind().equals(EVALUATION) && attachment.mediaType().equals("application/json")) {
                StorageKey key = keys.attachment(row.row().version(), EVALUATION, attachment.digest());
                Optional<Double> value = EvaluationReader.metric(read(key, attachment), metric);
                if (value.isPresent()) {
                    return value;
                }
            }
        }
        return Optional.empty();
    }

    private byte[] read(StorageKey key, Attachment attachment) {
        try (InputStream in = new VerifyingStream(
                engine.node.open(key).stream(), key.value(), attachment.size(), attachment.digest())) {
            return in.readAllBytes();
        } catch (NoSuchKeyException e) {
            throw new CorruptionException(key.value(), "it is missing", e);
        } catch (IOException e) {
            throw StoreErrors.of("read an evaluation", e);
        }
    }
}
