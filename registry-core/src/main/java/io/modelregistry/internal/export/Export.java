package io.modelregistry.internal.export;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.Manifest;
import io.modelregistry.registry.Artifacts.ExportLayout;
import io.modelregistry.registry.ExportException;
import org.jspecify.annotations.Nullable;

/**
 * What is to be exported.
 *
 * @param manifest the version
 * @param sequence its number in the order of publication, by which servers know it
 * @param layout for which server
 */
record Export(Manifest manifest, long sequence, ExportLayout layout) {
    ExportException refused(ErrorCode code, String why, String expected) {
        return failed(code, why + ", expected " + expected, null);
    }

    ExportException failed(ErrorCode code, String why, @Nullable Throwable cause) {
        return new ExportException(code, "'" + manifest.ref() + "' as " + layout, why, cause);
    }
}
