package io.modelregistry.inference.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelregistry.inference.scoring.CsvRecords.CsvRecord;
import io.modelregistry.inference.scoring.LineReader.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CsvRecordsTest {
    @TempDir
    private Path folder;

    private List<CsvRecord> read(String text, int longest) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8), longest);
    }

    private List<CsvRecord> read(byte[] bytes, int longest) throws IOException {
        Path file = Files.write(folder.resolve("a.csv"), bytes);
        List<CsvRecord> all = new ArrayList<>();
        try (CsvRecords records = new CsvRecords(LineReader.open(file, new Part(0, bytes.length, 0), longest), ',')) {
            for (CsvRecord next = records.next(); next != null; next = records.next()) {
                all.add(next);
            }
        }
        return all;
    }

    @Test
    void cellsAreTakenApartAsTheStandardSays() throws IOException {
        String text = "\uFEFFa,b,c\r\n\"1,\"\"x\"\"\",,\"two\r\nlines\"\r\n\n\r\n,,\nlast,\"\",\u00e9";
        List<CsvRecord> all = read(text, 1000);
        assertThat(all)
                .extracting(CsvRecord::cells)
                .containsExactly(
                        List.of("a", "b", "c"),
                        List.of("1,\"x\"", "", "two\r\nlines"),
                        List.of("", "", ""),
                        List.of("last", "", "\u00e9"));
        assertThat(all).extracting(CsvRecord::line).containsExactly(1L, 2L, 6L, 7L);
        assertThat(all).extracting(CsvRecord::lastLine).containsExactly(1L, 3L, 6L, 7L);
        assertThat(all.get(3).end()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void whatIsWrongCostsOneLine() throws IOException {
        byte[] latin = "x,\u00e9,z\n".getBytes(StandardCharsets.ISO_8859_1);
        String before = "a,b,c\n1,\"never closed\n2,b,c\n3,\"x\"y,c\n4,b\"b,c\n";
        byte[] all = (before + "#" + "9,9,9").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[before.length() + latin.length + 5];
        System.arraycopy(all, 0, bytes, 0, before.length());
        System.arraycopy(latin, 0, bytes, before.length(), latin.length);
        System.arraycopy(all, before.length() + 1, bytes, before.length() + latin.length, 5);
        List<CsvRecord> records = read(bytes, 1000);
        assertThat(records)
                .extracting(
                        record -> record.line() + " " + record.cells() + " " + record.problem() + " " + record.column())
                .containsExactly(
                        "1 [a, b, c] null 0",
                        "2 [] something follows its closing quote 2",
                        "3 [2, b, c] null 0",
                        "4 [] something follows its closing quote 2",
                        "5 [] a quote stands inside a cell that does not begin with one 2",
                        "6 [] it is not UTF-8 1",
                        "7 [9, 9, 9] null 0");
    }

    @Test
    void aQuoteThatIsNeverClosedCostsOneLine() throws IOException {
        assertThat(read("1,\"open\n2,b\n3,c\n", 1000))
                .extracting(record -> record.line() + " " + record.cells() + " " + record.problem())
                .containsExactly("1 [] its quote is not closed", "2 [2, b] null", "3 [3, c] null");
        assertThat(read("1,\"open\n2,b\n3,c\n4,d\n5,\"e\"\n", 16))
                .extracting(record -> record.line() + " " + record.cells() + " " + record.problem())
                .containsExactly(
                        "1 [] its quote is not closed",
                        "2 [2, b] null",
                        "3 [3, c] null",
                        "4 [4, d] null",
                        "5 [5, e] null");
    }

    @Test
    void aLineThatIsTooLongIsSkippedWithoutBeingHeld() throws IOException {
        String text = "1,a\n" + "x".repeat(200_000) + "\n3,c\n" + "y".repeat(11);
        assertThat(read(text, 10))
                .extracting(
                        record -> record.line() + " " + record.cells() + " " + record.problem() + " " + record.end())
                .containsExactly(
                        "1 [1, a] null 4",
                        "2 [] it is longer than 10 bytes null 200005".replace(" null", ""),
                        "3 [3, c] null 200009",
                        "4 [] it is longer than 10 bytes 200020");
    }
}
