package io.kmerflow.files.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountTableSinkTest {
    @TempDir
    Path folder;

    private static ReadAnnotation read(
            String sample, String barcode, AnnotationStatus status, String label, int bases) {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setSampleId(sample);
        annotation.setBarcodeName(barcode);
        annotation.setStatus(status);
        annotation.setReadCall(label == null && status != AnnotationStatus.UNCALLED ? null : new ReadCall(label, 0.5f));
        annotation.setReadLength(bases);
        return annotation;
    }

    private static final List<ReadAnnotation> READS = List.of(
            read("s2", null, AnnotationStatus.SCORED, "b", 10),
            read("s1", "bc2", AnnotationStatus.TOO_SHORT, null, 3),
            read("s1", "bc2", AnnotationStatus.SCORED, "b", 20),
            read("s1", "bc2", AnnotationStatus.UNCALLED, null, 40),
            read("s1", "bc2", AnnotationStatus.SCORED, "a\tx", 80),
            read("s1", "bc2", AnnotationStatus.SCORED, "b", 160),
            read("s1", null, AnnotationStatus.FILTERED, null, 320),
            read(null, null, AnnotationStatus.SCORED, "b", Integer.MAX_VALUE),
            read(null, null, AnnotationStatus.SCORED, "b", Integer.MAX_VALUE));

    private Path write(String name, List<ReadAnnotation> reads) throws IOException, InterruptedException {
        Path path = folder.resolve(name);
        OutputFile file = new OutputFile(path.toString());
        SinkWriter<ReadAnnotation> writer = new CountTableSink(file).createWriter(null);
        for (ReadAnnotation read : reads) {
            writer.write(read, null);
        }
        writer.flush(false);
        assertThat(path).as("a checkpoint is not the end").doesNotExist();
        writer.flush(true);
        file.finish();
        return path;
    }

    /** Sorted by sample, barcode, calls before other statuses, label; long sums: two reads have 2^32 - 2 bases together. */
    @Test
    void everyReadIsInOneRow() throws Exception {
        assertThat(Files.readString(write("counts.tsv", READS))).isEqualTo("""
                sample\tbarcode\tcall\tstatus\treads\tbases
                \t\tb\tscored\t2\t4294967294
                s1\t\t\tfiltered\t1\t320
                s1\tbc2\ta\\x09x\tscored\t1\t80
                s1\tbc2\tb\tscored\t2\t180
                s1\tbc2\t\ttoo_short\t1\t3
                s1\tbc2\t\tuncalled\t1\t40
                s2\t\tb\tscored\t1\t10
                """);
    }

    @Test
    void theJsonSaysTheSame() throws Exception {
        JsonNode rows = new ObjectMapper().readTree(write("counts.json", READS).toFile());
        assertThat(rows).hasSize(7);
        assertThat(rows.get(0)).isEqualTo(new ObjectMapper().readTree("""
                {"sample": null, "barcode": null, "call": "b", "status": "scored", "reads": 2, "bases": 4294967294}"""));
        assertThat(rows.get(2)).isEqualTo(new ObjectMapper().readTree("""
                {"sample": "s1", "barcode": "bc2", "call": "a\\tx", "status": "scored", "reads": 1, "bases": 80}"""));
        assertThat(rows.get(5)).isEqualTo(new ObjectMapper().readTree("""
                {"sample": "s1", "barcode": "bc2", "call": null, "status": "uncalled", "reads": 1, "bases": 40}"""));
        long reads = 0;
        for (JsonNode row : rows) {
            reads += row.get("reads").asLong();
        }
        assertThat(reads).isEqualTo(READS.size());
    }

    @Test
    void aCompressedTableAndOneWithoutReadsAreWhole() throws Exception {
        try (InputStream in =
                new GZIPInputStream(Files.newInputStream(write("counts.TSV.gz", List.of(READS.get(0)))))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("sample\tbarcode\tcall\tstatus\treads\tbases\ns2\t\tb\tscored\t1\t10\n");
        }
        assertThat(new ObjectMapper().readTree(write("none.json", List.of()).toFile()))
                .isEmpty();
    }

    @Test
    void countsAreWrittenInOneWayInEveryLocale() throws Exception {
        Locale before = Locale.getDefault();
        try {
            String english = Files.readString(write("english.tsv", READS));
            for (String tag : List.of("tr-TR", "ar-EG-u-nu-arab")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThat(Files.readString(write(tag + ".tsv", READS))).as(tag).isEqualTo(english);
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"counts.csv", "counts", "counts.tsv.bz2", "-"})
    void anotherFormatIsRefused(String name) {
        assertThatThrownBy(() -> new CountTableSink(new OutputFile(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected a count table in .tsv or .json, also .gz, got '" + name + "'");
    }
}
