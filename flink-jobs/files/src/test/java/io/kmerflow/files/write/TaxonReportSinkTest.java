package io.kmerflow.files.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.files.write.TaxonReportSink.Format;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaxonReportSinkTest {
    private static final Map<String, String> IDS =
            Map.of("Escherichia coli", "562", "Homo sapiens", "9606", "Vibrio", "662", "Vibrio\tcholerae", "666");

    @TempDir
    Path folder;

    private static List<ReadAnnotation> reads(int number, String label) {
        List<ReadAnnotation> reads = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ReadAnnotation read = new ReadAnnotation();
            read.setStatus(label == null ? AnnotationStatus.UNCALLED : AnnotationStatus.SCORED);
            read.setReadCall(new ReadCall(label, 0.5f));
            reads.add(read);
        }
        return reads;
    }

    private static List<ReadAnnotation> sample() {
        List<ReadAnnotation> reads = new ArrayList<>(reads(3, "Escherichia coli"));
        reads.addAll(reads(9, "Homo sapiens"));
        reads.addAll(reads(2, "Vibrio"));
        reads.addAll(reads(1, "plasmid"));
        reads.addAll(reads(4, null));
        ReadAnnotation tooShort = new ReadAnnotation();
        tooShort.setStatus(AnnotationStatus.TOO_SHORT);
        reads.add(tooShort);
        return reads;
    }

    private String write(Format format, List<ReadAnnotation> reads) throws IOException, InterruptedException {
        OutputFile file = new OutputFile(folder.resolve(format + ".txt").toString());
        Files.deleteIfExists(file.target());
        SinkWriter<ReadAnnotation> writer = new TaxonReportSink(file, format, IDS).createWriter(null);
        for (ReadAnnotation read : reads) {
            writer.write(read, null);
        }
        writer.flush(false);
        assertThat(file.target()).as("a checkpoint is not the end").doesNotExist();
        writer.flush(true);
        file.finish();
        return Files.readString(file.target());
    }

    /** 20 reads: 15 with a call, one of them of a label without a taxon id. */
    @Test
    void krakenReportHasSixColumnsAndAddsUp() throws Exception {
        assertThat(write(Format.KRAKEN, sample())).isEqualTo("""
                 25.00\t5\t5\tU\t0\tunclassified
                 75.00\t15\t1\tR\t1\troot
                 45.00\t9\t9\tS\t9606\t  Homo sapiens
                 15.00\t3\t3\tS\t562\t  Escherichia coli
                 10.00\t2\t2\t-\t662\t  Vibrio
                """);
    }

    @Test
    void kronaTextHasEveryLabelAndTheUnclassified() throws Exception {
        assertThat(write(Format.KRONA, sample()))
                .isEqualTo("9\tHomo sapiens\n3\tEscherichia coli\n2\tVibrio\n1\tplasmid\n5\tunclassified\n");
    }

    @Test
    void namesKeepTheColumns() throws Exception {
        assertThat(write(Format.KRAKEN, reads(1, "Vibrio\tcholerae"))).endsWith("\t666\t  Vibrio\\x09cholerae\n");
        assertThat(write(Format.KRONA, reads(1, "Vibrio\tcholerae"))).isEqualTo("1\tVibrio\\x09cholerae\n");
    }

    @Test
    void reportsOfNothingAndOfUnclassifiedReadsAreWhole() throws Exception {
        assertThat(write(Format.KRAKEN, List.of())).isEmpty();
        assertThat(write(Format.KRAKEN, reads(2, null))).isEqualTo("100.00\t2\t2\tU\t0\tunclassified\n");
    }

    @Test
    void modelWithoutTaxonIdsIsRefused() {
        OutputFile file = new OutputFile("report.txt");

        assertThatThrownBy(() -> new TaxonReportSink(file, Format.KRAKEN, Map.of()))
                .isInstanceOf(RefusedOutputException.class)
                .hasMessageContaining("NCBI taxon ids for report.txt");
    }
}
