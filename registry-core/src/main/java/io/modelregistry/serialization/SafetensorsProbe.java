package io.modelregistry.serialization;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.Optional;

/** safetensors: a little-endian length of eight bytes, a JSON object that describes each tensor, then the tensors. */
final class SafetensorsProbe implements Probe {
    private static final long MAX_HEADER = 100_000_000;
    private static final int MAX_LOOK = 2 << 20;

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        long length = bytes.number(0, 8);
        if (length < 2 || length > MAX_HEADER || !bytes.startsWith(8, '{')) {
            return Optional.empty();
        }
        byte[] header = bytes.read(8, (int) Math.min(length, MAX_LOOK));
        Header read = new Header();
        try (JsonParser parser = JsonGlance.parser(header, 0)) {
            read.read(parser);
        } catch (JsonProcessingException e) {
            read.problem = e.getOriginalMessage();
        }
        if (read.tensors == 0 && !read.whole) {
            return Optional.empty();
        }
        Finding finding = Finding.certain(
                Framework.SAFETENSORS,
                "safetensors",
                LoadSafety.DATA_ONLY,
                "it is a JSON header of " + length + " bytes that describes " + (read.whole ? "" : "at least ")
                        + read.tensors + " tensors");
        finding.detail("tensors", Long.toString(read.tensors)).detail("format", read.format);
        boolean cutByUs = length > header.length && bytes.size() >= 8 + length;
        if (!read.whole && !cutByUs) {
            finding.unsure()
                    .damage(
                            bytes.size() < 8 + length
                                    ? "it ends in the middle of its header: truncated"
                                    : "its header is no JSON: " + read.problem);
        } else if (read.whole && read.end != bytes.size() - 8 - length && !bytes.cut()) {
            finding.unsure()
                    .damage("its tensors take " + read.end + " bytes, but " + (bytes.size() - 8 - length)
                            + " follow the header");
        }
        return Optional.of(finding);
    }

    /** What the header says. */
    private static final class Header {
        private long tensors;
        private long end;
        private String format = "";
        private boolean whole;
        private String problem = "it is not complete";

        void read(JsonParser parser) throws IOException {
            int depth = 0;
            String first = "";
            String second = "";
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return;
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token == JsonToken.FIELD_NAME && depth == 1) {
                    first = parser.currentName();
                } else if (token == JsonToken.FIELD_NAME && depth == 2) {
                    second = parser.currentName();
                    tensors += second.equals("data_offsets") ? 1 : 0;
                } else if (token == JsonToken.VALUE_NUMBER_INT && depth == 3 && second.equals("data_offsets")) {
                    end = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? Long.MAX_VALUE
                            : Math.max(end, parser.getLongValue());
                } else if (token == JsonToken.VALUE_STRING && first.equals("__metadata__") && second.equals("format")) {
                    format = parser.getText();
                }
            } while (depth > 0);
            whole = true;
        }
    }
}
