package io.modelregistry.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelregistry.model.ErrorCode;
import io.modelregistry.model.FileKind;
import io.modelregistry.model.Framework;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SerializersTest {
    @Test
    void theMostSpecificSerializerWritesAnObject() throws IOException {
        Serializers serializers = Serializers.of(
                new Text<>("animals", Framework.of("zoo"), Animal.class),
                new Text<>("cats", Framework.of("zoo"), Cat.class));
        InMemoryArtifacts files = new InMemoryArtifacts();

        assertThat(serializers.write(new Tiger(), files).id()).isEqualTo("cats");
        assertThat(serializers.forClass(Dog.class).id()).isEqualTo("animals");
        assertThat(files.files()).containsExactly("cats.txt");
        assertThat(files.kind("cats.txt")).isEqualTo(FileKind.WEIGHTS);
    }

    @Test
    void twoThatAcceptTheSameAreAnErrorThatNamesBoth() {
        Serializers serializers = Serializers.of(
                new Text<>("one", Framework.of("zoo"), Cat.class), new Text<>("two", Framework.of("zoo"), Cat.class));

        assertThatThrownBy(() -> serializers.forClass(Tiger.class))
                .isInstanceOf(AmbiguousSerializerException.class)
                .hasMessage("Cannot write objects of class '" + Tiger.class.getName()
                        + "': serializers 'one' and 'two' accept it equally well, expected one of them to be chosen")
                .satisfies(e -> assertThat(((AmbiguousSerializerException) e).candidates())
                        .containsExactly("one", "two"));
        assertThatThrownBy(() -> serializers.forReading(Framework.of("zoo"), Cat.class))
                .isInstanceOf(AmbiguousSerializerException.class)
                .hasMessageContaining("'one' and 'two'");
        assertThat(serializers.findById("two")).map(Serializer::id).contains("two");
        assertThat(serializers.findById("three")).isEmpty();
    }

    @Test
    void unrelatedInterfacesAreAmbiguousToo() {
        Serializers serializers = Serializers.of(
                new Text<>("list", Framework.of("zoo"), Collection.class),
                new Text<>("random", Framework.of("zoo"), RandomAccess.class));

        assertThatThrownBy(() -> serializers.forClass(java.util.ArrayList.class))
                .isInstanceOf(AmbiguousSerializerException.class)
                .hasMessageContaining("'list' and 'random'");
    }

    @Test
    void anExplicitSerializerIsAskedBeforeADiscoveredOne(@TempDir Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(Serializer.class.getName()), OfferedAsService.class.getName());
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Serializers discovered = Serializers.of().discovering(loader);

            assertThat(discovered.forClass(Tiger.class).id()).isEqualTo("offered");
            assertThat(discovered
                            .with(new Text<>("mine", Framework.of("zoo"), Animal.class))
                            .forClass(Tiger.class)
                            .id())
                    .isEqualTo("mine");
            assertThat(discovered.all()).hasSize(2);
        }
    }

    @Test
    void aServiceThatCannotBeCreatedIsNamed(@TempDir Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(Serializer.class.getName()), "io.example.Missing");
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            assertThatThrownBy(() -> Serializers.of().discovering(loader))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("io.example.Missing")
                    .hasMessageContaining("expected public classes");
        }
    }

    @Test
    void readingPrefersTheExactTypeThenASubclassThenASuperclass() {
        Text<Animal> animals = new Text<>("animals", Framework.of("zoo"), Animal.class);
        Text<Cat> cats = new Text<>("cats", Framework.of("zoo"), Cat.class);
        Framework stored = Framework.of("zoo", "7");

        assertThat(Serializers.of(animals, cats).forReading(stored, Animal.class))
                .isSameAs(animals);
        assertThat(Serializers.of(cats).forReading(stored, Animal.class)).isSameAs(cats);
        assertThat(Serializers.of(animals, cats).forReading(stored, Tiger.class))
                .isSameAs(cats);
    }

    @Test
    void readingASubclassThatTheFilesDoNotHoldIsATypedError() throws IOException {
        Text<Animal> animals = new Text<>("animals", Framework.of("zoo"), Animal.class);
        InMemoryArtifacts files = new InMemoryArtifacts();
        animals.write(new Dog(), files);

        assertThat(Serializers.of(animals).read(Framework.of("zoo"), Dog.class, files))
                .isInstanceOf(Dog.class);
        assertThatThrownBy(() -> Serializers.of(animals).read(Framework.of("zoo"), Tiger.class, files))
                .isInstanceOf(SerializationException.class)
                .hasMessage("Cannot read zoo files as '" + Tiger.class.getName() + "': they hold an object of class '"
                        + Dog.class.getName() + "', expected '" + Tiger.class.getName() + "'");
    }

    @Test
    void withoutASerializerTheErrorSaysWhatThereIs() {
        assertThatThrownBy(() -> Serializers.of().forClass(Dog.class))
                .isInstanceOf(NoSerializerException.class)
                .hasMessageStartingWith(
                        "Cannot write objects of class '" + Dog.class.getName() + "': no serializer accepts it")
                .hasMessageContaining(BytesSerializer.class.getName())
                .hasMessageContaining("Java serialization is off unless")
                .extracting(e -> ((NoSerializerException) e).code())
                .isEqualTo(ErrorCode.UNSUPPORTED);
        assertThatThrownBy(() -> Serializers.of().forReading(Framework.of("fake"), Dog.class))
                .isInstanceOf(NoSerializerException.class)
                .hasMessageStartingWith("Cannot read fake files as '" + Dog.class.getName() + "'");
        assertThatThrownBy(() -> Serializers.of().forReading(Framework.JAVA, Dog.class))
                .hasMessageContaining("Java serialization is off unless");
    }

    @Test
    void picklesAreNeverDeserialised() {
        Serializers serializers = Serializers.of(JsonSerializer.of(Dog.class));
        for (Framework framework : List.of(Framework.PICKLE, Framework.SKLEARN, Framework.PYTORCH)) {
            assertThatThrownBy(() -> serializers.forReading(framework, Object.class))
                    .isInstanceOf(NoSerializerException.class)
                    .hasMessageContaining(
                            "such files execute code when they are loaded and are never deserialised here");
        }
    }

    @Test
    void bytesAreWrittenAndReadAsTheyAre() throws IOException {
        byte[] bytes = {1, 2, 3};
        InMemoryArtifacts files = new InMemoryArtifacts();
        Serializer<?> used = Serializers.of().write(bytes, files);
        bytes[0] = 9;

        assertThat(used.framework()).isEqualTo(Framework.UNKNOWN);
        assertThat(Serializers.of().read(Framework.UNKNOWN, byte[].class, files))
                .containsExactly(1, 2, 3);
        assertThat(Serializers.of().read(Framework.ONNX, byte[].class, files)).containsExactly(1, 2, 3);
        assertThat(BytesSerializer.of(Framework.ONNX, "model.onnx").framework()).isEqualTo(Framework.ONNX);
    }

    @Test
    void bytesOfSeveralFilesAreRefused() {
        InMemoryArtifacts files = new InMemoryArtifacts();
        files.file("a", FileKind.WEIGHTS, new byte[1]);
        files.file("b", FileKind.WEIGHTS, new byte[1]);

        assertThatThrownBy(() -> BytesSerializer.standard().read(files))
                .isInstanceOf(SerializationException.class)
                .hasMessage("Cannot read bytes of 'model.bin': there are 2 files, expected exactly one");
    }

    @Test
    void filesInMemoryRefuseRepeatedAndMissingPaths() {
        InMemoryArtifacts files = new InMemoryArtifacts();
        files.file("a", FileKind.CONFIG, new byte[2]);

        assertThatThrownBy(() -> files.file("a", FileKind.CONFIG, out -> {}))
                .hasMessage("Cannot use artifact path 'a': it was written before, expected each path once");
        assertThatThrownBy(() -> files.file("", FileKind.CONFIG, new byte[0])).hasMessageContaining("it is empty");
        assertThatThrownBy(() -> files.open("b"))
                .isInstanceOf(java.nio.file.NoSuchFileException.class)
                .hasMessageContaining("b");
    }

    @Test
    void streamedContentThatFailsAddsNothing() {
        InMemoryArtifacts files = new InMemoryArtifacts();

        assertThatThrownBy(() -> files.file("a", FileKind.WEIGHTS, out -> {
                    out.write(1);
                    throw new IOException("no more");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no more");
        assertThat(files.files()).isEmpty();
    }

    interface Animal extends Serializable {}

    static class Cat implements Animal {
        private static final long serialVersionUID = 1L;
    }

    static final class Tiger extends Cat {
        private static final long serialVersionUID = 1L;
    }

    static final class Dog implements Animal {
        private static final long serialVersionUID = 1L;
    }

    /** Writes the name of the class, and creates it again from a fixed set. */
    static class Text<T> implements Serializer<T> {
        private final String id;
        private final Framework framework;
        private final Class<T> type;

        Text(String id, Framework framework, Class<T> type) {
            this.id = id;
            this.framework = framework;
            this.type = type;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Framework framework() {
            return framework;
        }

        @Override
        public Class<T> type() {
            return type;
        }

        @Override
        public void write(T model, ArtifactWriter out) throws IOException {
            out.file(
                    id + ".txt",
                    FileKind.WEIGHTS,
                    stream -> stream.write(model.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public T read(ArtifactReader in) throws IOException {
            try (InputStream stream = in.open(id + ".txt")) {
                String name = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                return type.cast(name.equals("Dog") ? new Dog() : new Tiger());
            }
        }
    }

    /** Found by name through a service file. */
    public static final class OfferedAsService extends Text<Cat> {
        /** As services need it. */
        public OfferedAsService() {
            super("offered", Framework.of("zoo"), Cat.class);
        }
    }
}
