package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.Optional;

/** Python pickles of all protocols, joblib's among them, and what {@code torch.save} wrote before PyTorch 1.6. */
final class PickleProbe implements Probe {
    private static final String WARNING =
            "loading a pickle executes the code that it names, with the rights of the process; it is"
                    + " stored and never deserialised here";

    @Override
    public Optional<Finding> probe(ByteSource bytes) throws IOException {
        if (bytes.size() == 0) {
            return Optional.empty();
        }
        PickleContents contents = PickleContents.of(bytes);
        if (contents.isTorchMagic() && contents.complete()) {
            return Optional.of(TorchPickles.legacy(bytes, contents));
        }
        return isPickle(bytes, contents) ? Optional.of(finding(bytes, contents)) : Optional.empty();
    }

    /**
     * A protocol number and an instruction are enough. Without the number the file is text, and must either end where
     * the pickle does or get so far that a loader would call something.
     */
    private static boolean isPickle(ByteSource bytes, PickleContents contents) throws IOException {
        boolean announced = bytes.startsWith(0, 0x80) && contents.protocol() > 0 && contents.instructions() > 2;
        boolean called = contents.callsSomething() && !contents.imports().isEmpty();
        boolean whole = contents.complete() && bytes.size() - contents.end() <= 2 && contents.instructions() > 1;
        return announced || called || whole;
    }

    private static Finding finding(ByteSource bytes, PickleContents contents) {
        Framework framework = PickleImports.framework(contents.imports()).orElse(Framework.PICKLE);
        boolean joblib = contents.hasJoblibArrays();
        Finding finding = Finding.certain(
                framework,
                joblib ? "joblib" : "pickle",
                LoadSafety.EXECUTES_CODE,
                "it is a Python pickle of protocol " + contents.protocol() + " with "
                        + contents.imports().size() + " imports" + (joblib ? " and arrays of joblib" : ""));
        finding.detail("protocol", Integer.toString(contents.protocol()))
                .imports(contents.imports())
                .warn(WARNING);
        if (framework.sameNameAs(Framework.SKLEARN)) {
            finding.version(contents.sklearnVersion());
        }
        finding.modelType(PickleImports.mainClass(contents.imports()).orElse(contents.resultType()));
        PickleImports.warnAbout(contents.imports(), finding);
        if (contents.endsEarly() && bytes.cut()) {
            finding.warn("only its beginning was looked at");
        } else if (contents.broken()) {
            finding.unsure().damage("it stops making sense: " + contents.problem());
        } else if (!contents.complete()) {
            finding.warn("only its beginning was looked at: " + contents.problem());
        }
        return finding;
    }
}
