package io.modelregistry.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JavaSerializerTest {
    private static final JavaClassFilter FILTER = JavaClassFilter.of(Tree.class, Tree[].class, Kind.class);

    private final RecordingLogger log = new RecordingLogger();
    private final JavaSerializer<Tree> serializer =
            JavaSerializer.of(Tree.class).loggingTo(log).allowing(FILTER);

    @Test
    void withoutAFilterItRefusesToWriteAndToRead() {
        JavaSerializer<Tree> off = JavaSerializer.of(Tree.class);
        InMemoryArtifacts files = new InMemoryArtifacts();

        assertThatThrownBy(() -> off.write(new Tree(1), files))
                .isInstanceOf(RefusedContentException.class)
                .hasMessage(
                        "Cannot write Java object '" + Tree.class.getName() + "': Java serialization is off, expected"
                                + " JavaSerializer.of(...).allowing(...) with every class that the object may hold");
        assertThatThrownBy(() -> off.read(files))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageStartingWith(
                        "Cannot read Java object '" + Tree.class.getName() + "': Java serialization is off")
                .extracting(e -> ((RefusedContentException) e).code())
                .isEqualTo(ErrorCode.UNTRUSTED);
        assertThat(files.files()).isEmpty();
    }

    @Test
    void anAllowedObjectRoundTripsAndEachUseIsLoggedAsAWarning() throws IOException {
        Serializers serializers = Serializers.of(serializer);
        InMemoryArtifacts files = new InMemoryArtifacts();
        Tree model = new Tree(1, new Tree(2), new Tree(3, new Tree(4)));

        assertThat(serializers.write(model, files).framework()).isEqualTo(Framework.JAVA);
        assertThat(serializers.read(Framework.JAVA, Tree.class, files)).hasToString("1[2[], 3[4[]]]");
        assertThat(log.lines)
                .hasSize(2)
                .allMatch(line -> line.startsWith("WARN SECURITY: ") && line.contains(Tree.class.getName()));
    }

    @Test
    void aGadgetIsRefusedBeforeItsCodeRuns() throws IOException {
        int before = Gadget.CREATED.get();
        InMemoryArtifacts files = holding(new Gadget());

        assertThatThrownBy(() -> serializer.read(files))
                .isInstanceOf(RefusedContentException.class)
                .hasMessage("Cannot read Java object '%1$s': class '%2$s' is not allowed, expected %3$s"
                        .formatted(Tree.class.getName(), Gadget.class.getName(), FILTER))
                .hasCauseInstanceOf(java.io.InvalidClassException.class);
        assertThat(Gadget.CREATED).hasValue(before);
    }

    @Test
    void aGadgetInsideAnAllowedObjectIsRefused() throws IOException {
        int before = Gadget.CREATED.get();
        Tree model = new Tree(1);
        model.extra = new Gadget();

        assertThatThrownBy(() -> serializer.read(holding(model)))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageContaining("class '" + Gadget.class.getName() + "' is not allowed");
        model.extra = new Gadget[][] {{new Gadget()}};
        assertThatThrownBy(() -> serializer.read(holding(model)))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageContaining(Gadget.class.getName());
        assertThat(Gadget.CREATED).hasValue(before);
    }

    @Test
    void subclassesAndCollectionsThatNobodyNamedAreRefused() throws IOException {
        for (Serializable gadget :
                List.of(new Sapling(), new ArrayList<>(), new HashMap<>(), new HashSet<>(Set.of(1)))) {
            Tree model = new Tree(1);
            model.extra = gadget;
            assertThatThrownBy(() -> serializer.read(holding(model)))
                    .isInstanceOf(RefusedContentException.class)
                    .hasMessageContaining("class '" + gadget.getClass().getName() + "' is not allowed");
        }
    }

    @Test
    void dynamicProxiesAreRefused() throws IOException {
        Tree model = new Tree(1);
        model.extra = (Serializable) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Comparable.class, Serializable.class}, new Ignoring());

        assertThatThrownBy(() -> serializer.read(holding(model)))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageContaining("dynamic proxy");
        assertThatThrownBy(() -> serializer.write(model, new InMemoryArtifacts()))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageContaining("dynamic proxy");
    }

    @Test
    void aClassThatDoesNotExistHereIsRefusedByNameWithoutLookingForIt() throws IOException {
        byte[] stream = bytes(new Gadget());
        byte[] name = Gadget.class.getName().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int at = indexOf(stream, name);
        stream[at] = 'z';

        assertThatThrownBy(() -> serializer.read(holding(stream)))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageContaining("class 'z" + Gadget.class.getName().substring(1) + "' is not allowed");
    }

    @Test
    void whatCouldNotBeReadIsNotWritten() {
        Tree model = new Tree(1);
        model.extra = new Gadget();
        InMemoryArtifacts files = new InMemoryArtifacts();

        assertThatThrownBy(() -> serializer.write(model, files))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageStartingWith("Cannot write Java object")
                .hasMessageContaining("class '" + Gadget.class.getName() + "' is not allowed");
        model.extra = new Object();
        assertThatThrownBy(() -> serializer.write(model, files))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("class 'java.lang.Object' in it is not serializable");
        assertThat(files.files()).isEmpty();
    }

    @Test
    void theLimitsHold() throws IOException {
        Tree deep = new Tree(0);
        for (int i = 0; i < 30; i++) {
            deep = new Tree(i, deep);
        }
        InMemoryArtifacts files = holding(deep);
        Tree wide = new Tree(0);
        wide.extra = new double[1000];

        assertThatThrownBy(() -> serializer.read(files)).hasMessageContaining("it is nested deeper than 20");
        assertThat(serializer.allowing(FILTER.withMaxDepth(100)).read(files)).isNotNull();
        assertThatThrownBy(() -> serializer
                        .allowing(FILTER.withMaxDepth(100).withMaxReferences(10))
                        .read(files))
                .isInstanceOf(RefusedContentException.class)
                .hasMessageContaining("it has more than 10 objects");
        assertThatThrownBy(() -> serializer.allowing(FILTER.withMaxBytes(100)).read(files))
                .hasMessageContaining("it is longer than 100 bytes");
        assertThatThrownBy(() ->
                        serializer.allowing(FILTER.withMaxArrayLength(999)).read(holding(wide)))
                .hasMessageContaining("it has an array longer than 999");
    }

    @Test
    void damagedAndForeignStreamsAreTypedErrors() throws IOException {
        byte[] whole = bytes(new Tree(1, new Tree(2)));

        assertThatThrownBy(() -> serializer.read(holding(new byte[0])))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("it is not a Java object stream");
        assertThatThrownBy(() -> serializer.read(holding("text".getBytes(java.nio.charset.StandardCharsets.US_ASCII))))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("it is not a Java object stream");
        assertThatThrownBy(() -> serializer.read(holding(Arrays.copyOf(whole, whole.length / 2))))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("expected one object of class '" + Tree.class.getName() + "'");
        assertThatThrownBy(() -> serializer.read(holding(5)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("it holds java.lang.Integer");
    }

    /** Each array is made before its first element is read, so a short stream could ask for a lot of memory. */
    @Test
    void arraysThatTheStreamIsTooShortForAreNotMade() throws IOException {
        byte[] nested = arrays(9, "Ljava.lang.String;", 1 << 20);
        byte[] numbers = arrays(1, "J", 1 << 20);

        for (byte[] stream : List.of(nested, numbers)) {
            assertThatThrownBy(() -> serializer.read(holding(stream)))
                    .isExactlyInstanceOf(RefusedContentException.class)
                    .hasMessageContaining("its arrays are longer than its " + stream.length + " bytes can fill");
        }
    }

    @Test
    void arraysThatTheStreamFillsAreRead() throws IOException {
        Tree model = new Tree(1);
        for (Object filled : List.of(new long[100_000], new boolean[3][30_000], new String[50_000])) {
            model.extra = filled;
            assertThat(serializer.read(holding(model)).extra).isEqualTo(filled);
        }
        HashMap<Integer, Integer> sparse = new HashMap<>(1, 0.25f);
        for (int i = 0; i < 5_000; i++) {
            sparse.put(i, null);
        }
        model.extra = sparse;
        JavaClassFilter withMaps = JavaClassFilter.of(
                Set.of(Tree.class.getName(), Kind.class.getName(), "java.util.HashMap", "java.util.Map$Entry"));
        assertThat(serializer.allowing(withMaps).read(holding(model)).extra).isEqualTo(sparse);
    }

    @Test
    void allArraysTogetherStayBelowTheLimitOnBytes() throws IOException {
        Tree wide = new Tree(0);
        wide.extra = new double[2][2_000];
        assertThatThrownBy(
                        () -> serializer.allowing(FILTER.withMaxBytes(20_000)).read(holding(wide)))
                .isExactlyInstanceOf(RefusedContentException.class)
                .hasMessageContaining("its arrays have more than 20000 bytes");
    }

    @Test
    void whateverTheStreamHoldsTheErrorIsTyped() throws IOException {
        byte[] text = arrays(0, "", 0);
        byte[] badText = TestFiles.join(text, TestFiles.bytes(0x74, 0, 2, 0xff, 0xff));
        for (byte[] stream : List.of(arrays(1, "J", -1), badText)) {
            assertThatThrownBy(() -> serializer.read(holding(stream)))
                    .isExactlyInstanceOf(SerializationException.class)
                    .hasMessageStartingWith("Cannot read Java object 'model.ser': ")
                    .hasMessageEndingWith(", expected one object of class '" + Tree.class.getName() + "'")
                    .extracting(e -> ((SerializationException) e).code())
                    .isEqualTo(ErrorCode.LOAD_FAILED);
        }
        JavaSerializer<Sulking> sulking =
                JavaSerializer.of(Sulking.class).loggingTo(log).allowing(JavaClassFilter.of(Sulking.class));
        assertThatThrownBy(() -> sulking.read(holding(new Sulking())))
                .isExactlyInstanceOf(SerializationException.class)
                .hasMessageContaining("IllegalArgumentException, not today")
                .hasCauseExactlyInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFailureOfTheReadingItselfPassesUnchanged() throws IOException {
        byte[] whole = bytes(new Tree(1));
        for (Exception trouble : List.of(new IOException("the disk"), new IllegalStateException("the digest"))) {
            for (int good : new int[] {0, whole.length - 5}) {
                ArtifactReader failing = failingAfter(whole, good, trouble);
                assertThatThrownBy(() -> serializer.read(failing)).isSameAs(trouble);
            }
        }
    }

    @Test
    void objectsAfterTheModelAreRefused() throws IOException {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(two)) {
            out.writeObject(new Tree(1));
            out.writeObject(new Tree(2));
        }
        assertThatThrownBy(() -> serializer.read(holding(two.toByteArray())))
                .isExactlyInstanceOf(SerializationException.class)
                .hasMessageContaining("it goes on after the object");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new Tree(1));
            out.writeByte(7);
        }

        assertThatThrownBy(() -> serializer.read(holding(bytes.toByteArray())))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("it goes on after the object");
    }

    @Test
    void arraysPassWithTheirElements() {
        JavaClassFilter filter = JavaClassFilter.of(Set.of("a.B"));

        assertThat(List.of("a.B", "[La.B;", "[[La.B;", "[I", "[[D", "java.lang.String", "[Ljava.lang.Integer;"))
                .allMatch(filter::allows);
        assertThat(List.of("a.BC", "a", "a.B$C", "[La.C;", "java.lang.Object", "java.lang.ProcessBuilder", ""))
                .noneMatch(filter::allows);
    }

    /** A stream of arrays in each other, each of which claims a length; its first element is the next. */
    private static byte[] arrays(int dimensions, String element, int length) {
        byte[] stream = TestFiles.bytes(0xac, 0xed, 0, 5);
        for (int left = dimensions; left > 0; left--) {
            String name = "[".repeat(left) + element;
            stream = TestFiles.join(
                    stream,
                    TestFiles.bytes(0x75, 0x72, 0, name.length()),
                    TestFiles.ascii(name),
                    TestFiles.bytes(0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0x78, 0x70),
                    ByteBuffer.allocate(4).putInt(length).array());
        }
        return stream;
    }

    private static ArtifactReader failingAfter(byte[] content, int good, Exception trouble) {
        return new ArtifactReader() {
            @Override
            public List<String> files() {
                return List.of("model.ser");
            }

            @Override
            public long size(String path) {
                return content.length;
            }

            @Override
            public InputStream open(String path) {
                return new InputStream() {
                    private int at;

                    @Override
                    public int read() throws IOException {
                        if (at == good && trouble instanceof IOException e) {
                            throw e;
                        }
                        if (at == good && trouble instanceof RuntimeException e) {
                            throw e;
                        }
                        return content[at++] & 0xff;
                    }
                };
            }
        };
    }

    private static InMemoryArtifacts holding(Object model) throws IOException {
        return holding(bytes(model));
    }

    private static InMemoryArtifacts holding(byte[] content) {
        InMemoryArtifacts files = new InMemoryArtifacts();
        files.file("model.ser", FileKind.WEIGHTS, content);
        return files;
    }

    private static byte[] bytes(Object model) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(model);
        }
        return bytes.toByteArray();
    }

    private static int indexOf(byte[] all, byte[] part) {
        int at = 0;
        while (!Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
            at++;
        }
        return at;
    }

    enum Kind {
        LEAF,
        NODE
    }

    static class Tree implements Serializable {
        private static final long serialVersionUID = 1L;

        private final Integer value;
        private final Kind kind;
        private final Tree[] children;

        @SuppressWarnings("serial")
        @Nullable
        Object extra;

        Tree(int value, Tree... children) {
            this.value = value;
            this.kind = children.length == 0 ? Kind.LEAF : Kind.NODE;
            this.children = children;
        }

        @Override
        public String toString() {
            return kind == Kind.LEAF ? value + "[]" : value + Arrays.toString(children);
        }
    }

    static final class Sapling extends Tree {
        private static final long serialVersionUID = 1L;

        Sapling() {
            super(0);
        }
    }

    /** Its code runs when it is read: what an attacker looks for. */
    static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1L;
        static final AtomicInteger CREATED = new AtomicInteger();

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            CREATED.incrementAndGet();
        }
    }

    /** Its code refuses what it is given. */
    static final class Sulking implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            throw new IllegalArgumentException("not today");
        }
    }

    static final class Ignoring implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) {
            return null;
        }
    }
}
