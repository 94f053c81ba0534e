package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formats that their first bytes tell: Java object streams, TensorFlow Lite, PMML. */
final class MagicProbe implements Probe {
    private static final int HEAD = 4 << 10;
    private static final int OBJECT = 0x73;
    private static final int DESCRIPTION = 0x72;
    private static final Pattern PMML =
            Pattern.compile("<(?:\\w+:)?PMML\\b[^>]*?\\bversion\\s*=\\s*[\"']([\\d.]+)[\"']");

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        if (bytes.startsWith(0, 0xac, 0xed, 0, 5)) {
            return Optional.of(javaStream(bytes));
        }
        if (bytes.startsWith(4, "TFL3")) {
            return Optional.of(Finding.likely(
                    Framework.of("tflite"),
                    "tflite",
                    LoadSafety.DATA_ONLY,
                    "it is a flat buffer with the identifier TFL3"));
        }
        byte[] start = bytes.read(0, 1);
        boolean markup = start.length == 1
                && (start[0] == '<' || (start[0] & 0xff) == 0xef || (start[0] <= ' ' && start[0] > 0));
        return markup ? pmml(bytes.utf8(0, HEAD)) : Optional.empty();
    }

    private static Finding javaStream(ByteSource bytes) throws IOException {
        Finding finding = Finding.certain(
                Framework.JAVA,
                "java-serialization",
                LoadSafety.EXECUTES_CODE,
                "it begins with the magic and version of a Java object stream");
        long type = bytes.number(4, 1);
        if (type == OBJECT && bytes.number(5, 1) == DESCRIPTION) {
            int length = (int) Math.max(0, bytes.number(6, 2));
            int highByteFirst = ((length & 0xff) << 8) | (length >>> 8);
            String name = bytes.utf8(8, Math.min(highByteFirst, 512));
            finding.modelType(name).imports(List.of(name));
            if (highByteFirst > bytes.size() - 8) {
                finding.unsure().damage("it ends in the middle of a class name: truncated or corrupt");
            }
        } else if (type < 0x70 || type > 0x7e) {
            finding.unsure().damage("no object follows its header: truncated or corrupt");
        }
        return finding.warn(
                "reading a Java object stream runs code of the classes that it names; it is read only through a filter that"
                        + " names every class");
    }

    private static Optional<Finding> pmml(String head) {
        String text = head.startsWith("\ufeff") ? head.substring(1) : head;
        Matcher element = PMML.matcher(text);
        if (!text.stripLeading().startsWith("<") || !element.find()) {
            return Optional.empty();
        }
        Finding finding =
                Finding.likely(Framework.of("pmml"), "pmml", LoadSafety.DATA_ONLY, "it is XML with the element PMML");
        finding.version(element.group(1));
        if (text.contains("<!DOCTYPE") || text.contains("<!ENTITY")) {
            finding.atLeast(LoadSafety.UNKNOWN)
                    .warn("it has a document type, which may make a parser read other files");
        }
        return Optional.of(finding);
    }
}
