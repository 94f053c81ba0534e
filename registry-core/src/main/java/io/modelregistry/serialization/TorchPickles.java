package io.modelregistry.serialization;

import io.modelregistry.model.Framework;
import io.modelregistry.model.LoadSafety;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What {@code torch.save} pickles: a zip archive since PyTorch 1.6, before that several pickles followed by the
 * tensors.
 */
final class TorchPickles {
    static final String WARNING =
            "torch.load executes the code that its pickle names, with the rights of the process, unless it is"
                    + " restricted to weights; it is stored and never deserialised here";
    static final int MAGIC_LENGTH = 10;

    private static final Set<String> PLAIN = Set.of(
            "collections.OrderedDict",
            "torch.Size",
            "torch.device",
            "torch.nn.parameter.Parameter",
            "torch.serialization._get_layout",
            "torch.jit._pickle.build_intlist",
            "torch.jit._pickle.build_doublelist",
            "torch.jit._pickle.build_boollist",
            "torch.jit._pickle.build_tensorlist",
            "torch.jit._pickle.restore_type_tag",
            "torch.jit._pickle.build_tensor_from_id");

    private TorchPickles() {}

    /** The number 0x1950a86a20f9469cfc6c, little-endian. */
    static byte[] magic() {
        return new byte[] {0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19};
    }

    /** Whether a name stands for tensors and their containers, as a state dict has them. */
    static boolean isPlain(String name) {
        if (PLAIN.contains(name) || name.startsWith("torch._utils._rebuild_")) {
            return true;
        }
        String last = name.startsWith("torch.") ? name.substring("torch.".length()) : "";
        return last.matches(
                "[A-Za-z]+Storage|storage\\.[A-Za-z]+Storage|b?float\\d*|double|half|u?int\\d+|long|bool|qu?int\\d+");
    }

    /** What the pickle of a zip archive tells. */
    static Finding saved(PickleContents contents) {
        return described(
                Finding.certain(
                        Framework.PYTORCH,
                        "torch-zip",
                        LoadSafety.EXECUTES_CODE,
                        "it is a zip archive with data.pkl and no TorchScript code"),
                contents,
                List.copyOf(contents.imports()));
    }

    /** A file that begins with the magic number: the pickled object is the fourth of its pickles. */
    static Finding legacy(ByteSource bytes, PickleContents first) throws IOException {
        PickleContents object = first;
        for (int i = 0; i < 3 && object.complete(); i++) {
            object = PickleContents.of(bytes, object.end());
        }
        Finding finding = described(
                Finding.certain(
                        Framework.PYTORCH,
                        "torch-legacy",
                        LoadSafety.EXECUTES_CODE,
                        "it is a pickle of the number that torch.save wrote before version 1.6"),
                object,
                List.copyOf(object.imports()));
        if (object.broken()) {
            finding.unsure().damage("its pickles stop making sense: " + object.problem());
        }
        return finding.imports(object.imports());
    }

    private static Finding described(Finding finding, PickleContents contents, List<String> imports) {
        List<String> foreign = imports.stream().filter(name -> !isPlain(name)).toList();
        if (foreign.isEmpty() && contents.complete()) {
            finding.modelType("state-dict");
        } else if (!contents.resultType().isEmpty()) {
            finding.modelType(contents.resultType());
        }
        finding.warn(WARNING);
        PickleImports.warnAbout(
                foreign.stream().filter(name -> !name.startsWith("torch.")).toList(), finding);
        return finding;
    }
}
