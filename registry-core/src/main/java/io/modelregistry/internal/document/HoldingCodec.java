package io.modelregistry.internal.document;

import io.modelregistry.model.ModelVersion;

/** The bytes of the document that says which published version holds a content. */
public final class HoldingCodec {
    private HoldingCodec() {}

    /** The bytes, which are a function of the version. */
    public static byte[] encode(ModelVersion version) {
        return JsonText.document(json -> {
            json.writeStartObject();
            json.writeNumberField("format", Formats.CURRENT);
            json.writeStringField("version", version.toString());
            json.writeEndObject();
        });
    }

    /** The version. */
    public static ModelVersion decode(byte[] bytes) throws MalformedDocumentException {
        return Formats.open(bytes).value("version", ModelVersion::parse);
    }
}
