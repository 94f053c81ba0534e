package io.modelregistry.serialization;

import io.modelregistry.serialization.PickleValue.Called;
import io.modelregistry.serialization.PickleValue.Dictionary;
import io.modelregistry.serialization.PickleValue.Global;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link PickleWalker} wrote down about one pickle, or several that follow each other. */
final class PickleContents {
    private static final int MAX_INSTRUCTIONS = 1_000_000;
    private static final int MAX_IMPORTS = 1_000;

    private final Set<String> imports;
    private int instructions;
    private int protocol;
    private boolean executes;
    private boolean joblib;
    private boolean complete;
    private long end;
    private String resultType = "";
    private String sklearnVersion = "";
    private byte[] longNumber = new byte[0];
    private BrokenPickleException.@Nullable Kind failure;
    private String problem = "";
    private @Nullable PickleContents outer;

    private PickleContents() {
        this.imports = new LinkedHashSet<>();
    }

    private PickleContents(PickleContents outer) {
        this.imports = outer.imports;
        this.outer = outer;
    }

    /** Nothing, for a pickle that cannot be read. */
    static PickleContents none() {
        return new PickleContents();
    }

    /** Follows the pickle at the beginning. */
    static PickleContents of(ByteSource bytes) throws IOException {
        return of(bytes, 0);
    }

    /** Follows the pickle at an offset. */
    static PickleContents of(ByteSource bytes, long start) throws IOException {
        PickleContents contents = new PickleContents();
        contents.follow(bytes, start);
        return contents;
    }

    private void follow(ByteSource bytes, long start) throws IOException {
        try {
            end = PickleWalker.walk(bytes, start, this);
            complete = true;
        } catch (BrokenPickleException e) {
            failure = e.kind();
            problem = e.why();
        } catch (ReadLimitException e) {
            failure = BrokenPickleException.Kind.LIMIT;
            problem = "it is larger than what was looked at";
        }
    }

    /** The same imports and limits, for a pickle inside this one. */
    PickleContents nested() {
        return new PickleContents(this);
    }

    void countInstruction() throws BrokenPickleException {
        if (outer != null) {
            outer.countInstruction();
            return;
        }
        if (++instructions > MAX_INSTRUCTIONS) {
            throw BrokenPickleException.limit("it has more than " + MAX_INSTRUCTIONS + " instructions");
        }
    }

    void protocol(int number) throws BrokenPickleException {
        if (number > 5) {
            throw new BrokenPickleException("there is no protocol " + number);
        }
        protocol = Math.max(protocol, number);
    }

    Global global(String module, String name) {
        String whole = module + "." + name;
        if (imports.size() < MAX_IMPORTS) {
            imports.add(whole);
        }
        return new Global(whole);
    }

    void executes() {
        executes = true;
    }

    void joblibArray() {
        joblib = true;
    }

    void longNumber(byte[] digits) {
        longNumber = digits;
    }

    void sklearnVersion(String version) {
        if (outer != null) {
            outer.sklearnVersion(version);
        }
        if (sklearnVersion.isEmpty()) {
            sklearnVersion = version;
        }
    }

    void result(PickleValue value) {
        if (value instanceof Called called) {
            resultType = called.type();
        } else if (value instanceof Dictionary) {
            resultType = "dict";
        }
    }

    /** What would be imported, in order. */
    Set<String> imports() {
        return imports;
    }

    /** The highest protocol that the pickle announces, 0 when it announces none. */
    int protocol() {
        return protocol;
    }

    /** How many instructions were followed. */
    int instructions() {
        return instructions;
    }

    /** Whether something would be called. */
    boolean callsSomething() {
        return executes;
    }

    boolean hasJoblibArrays() {
        return joblib;
    }

    /** Whether its end was reached. */
    boolean complete() {
        return complete;
    }

    /** The offset behind it, when it is complete. */
    long end() {
        return end;
    }

    /** Whether it stopped making sense or ended too early, rather than being too large to follow. */
    boolean broken() {
        return failure == BrokenPickleException.Kind.SENSELESS || failure == BrokenPickleException.Kind.ENDS;
    }

    boolean endsEarly() {
        return failure == BrokenPickleException.Kind.ENDS;
    }

    /** Why it was not followed to its end; empty when it was. */
    String problem() {
        return problem;
    }

    /** The class of the pickled object, {@code dict}, or empty. */
    String resultType() {
        return resultType;
    }

    /** The version that scikit-learn writes into its estimators; empty when there is none. */
    String sklearnVersion() {
        return sklearnVersion;
    }

    /** Whether it is the number with which old files of {@code torch.save} begin. */
    boolean isTorchMagic() {
        return Arrays.equals(longNumber, TorchPickles.magic());
    }
}
