package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.CommandRun;
import io.kmerflow.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled model in the real job, on the shipped reads. */
class BundledModelITCase {
    /** Right calls among the 2,000 simulated sample reads, best label of every read; the model card has the measured one. */
    private static final double ACCURACY_FLOOR = 0.75;

    private static final Path ROOT = Path.of("..");
    private static final Path MODEL = ROOT.resolve("models/species");
    private static final Path SAMPLES = ROOT.resolve("samples");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] SOURCES = {
        "ecoli=Escherichia coli",
        "saureus=Staphylococcus aureus",
        "hpylori=Helicobacter pylori",
        "vcholerae=Vibrio cholerae",
        "yeast=Saccharomyces cerevisiae",
        "human=Homo sapiens"
    };

    @TempDir
    Path folder;

    @Test
    void theJobsScoresOnGoldenReadsAreTheTrainers() throws IOException {
        ModelBundle bundle = ModelBundle.read(MODEL);
        StringBuilder fasta = new StringBuilder();
        for (int read = 0; read < bundle.golden().size(); read++) {
            fasta.append(">golden").append(read).append('\n');
            fasta.append(bundle.golden().get(read).bases()).append('\n');
        }
        Path input = Files.writeString(folder.resolve("golden.fa"), fasta);
        List<JsonNode> rows =
                annotate(MODEL, "--input", input, "--window-scores", "--threshold", 0, "--precision", "fp32");
        assertThat(rows).hasSameSizeAs(bundle.golden());
        int compared = 0;
        for (int read = 0; read < rows.size(); read++) {
            GoldenRead golden = bundle.golden().get(read);
            JsonNode scores = rows.get(read).at("/windowScores/scores");
            if (scores.isMissingNode()) {
                assertThat(golden.bases().length()).isLessThan(bundle.contract().minReadBases());
                continue;
            }
            double[] expected = softmax(golden.logits());
            for (int label = 0; label < expected.length; label++) {
                assertThat(scores.get(label).asDouble())
                        .as("%s, label %d", rows.get(read).get("readId"), label)
                        .isCloseTo(expected[label], Offset.offset(1e-4));
            }
            compared++;
        }
        assertThat(compared).isGreaterThan(bundle.golden().size() / 2);
    }

    private static double[] softmax(float[] logits) {
        double sum = 0;
        double[] shares = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            shares[i] = Math.exp(logits[i]);
            sum += shares[i];
        }
        for (int i = 0; i < logits.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    @Test
    void sampleReadsAreCalledRightAboveTheFloor() throws IOException {
        assertThat(accuracyOnSample(MODEL)).isGreaterThan(ACCURACY_FLOOR);
    }

    @Test
    void theSameJobWithShuffledWeightsFailsTheFloor() throws Exception {
        assertThat(accuracyOnSample(ShuffledModel.of(MODEL, folder.resolve("shuffled"))))
                .isLessThan(ACCURACY_FLOOR - 0.3);
    }

    private double accuracyOnSample(Path model, Object... more) throws IOException {
        Path output = folder.resolve("sample.jsonl");
        List<Object> options = new ArrayList<>(List.of(more));
        options.addAll(List.of("--threshold", 0));
        run(output, model, illumina(), options.toArray());
        List<Object> arguments = new ArrayList<>(List.of("evaluate", "reads", "--json", "--annotations", output));
        arguments.addAll(List.of("--truth", SAMPLES.resolve("illumina_truth.tsv.gz")));
        for (String source : SOURCES) {
            arguments.addAll(List.of("--source", source));
        }
        CommandRun evaluation = CommandRun.of(arguments.toArray());
        assertThat(evaluation.exitCode()).as(evaluation.err()).isZero();
        JsonNode all = JSON.readTree(evaluation.out()).get("all any length");
        assertThat(all.get("reads").asInt()).isEqualTo(2_000);
        return all.get("accuracy").asDouble();
    }

    @Test
    void int8AndFp32GiveTheSameLabels() throws IOException {
        List<JsonNode> fp32 = rows(run(folder.resolve("fp32.jsonl"), MODEL, illumina(), "--precision", "fp32"));
        List<JsonNode> int8 = rows(run(folder.resolve("int8.jsonl"), MODEL, illumina(), "--precision", "int8"));
        assertThat(int8.get(0).at("/model/digest").asText())
                .isEqualTo(ModelBundle.read(MODEL.resolve("int8")).digest());
        int called = 0;
        int same = 0;
        for (int read = 0; read < fp32.size(); read++) {
            String label = fp32.get(read).at("/readCall/label").textValue();
            String other = int8.get(read).at("/readCall/label").textValue();
            called += label != null && other != null ? 1 : 0;
            same += label != null && label.equals(other) ? 1 : 0;
        }
        assertThat(called).isGreaterThan(1_500);
        assertThat((double) same / called).as("%d of %d", same, called).isGreaterThan(0.998);
    }

    @Test
    void matesCalledTogetherAreRightMoreOften() throws IOException {
        assertThat(accuracyOnSample(MODEL, "--per-fragment")).isGreaterThan(accuracyOnSample(MODEL) + 0.05);
    }

    private static List<Object> illumina() {
        return List.of(
                "--input", SAMPLES.resolve("illumina_R1.fastq.gz"), "--mates", SAMPLES.resolve("illumina_R2.fastq.gz"));
    }

    @Test
    void aSecondRunGivesTheSameIdsLabelsAndOrder() throws IOException {
        List<JsonNode> first = rows(run(folder.resolve("first.jsonl"), MODEL, illumina()));
        List<JsonNode> second = rows(run(folder.resolve("second.jsonl"), MODEL, illumina(), "--max-batch-windows", 16));
        assertThat(first).hasSize(2_000);
        Set<String> ids = new HashSet<>();
        for (int read = 0; read < first.size(); read++) {
            JsonNode one = first.get(read);
            JsonNode other = second.get(read);
            ids.add(one.get("annotationId").asText());
            assertThat(other.get("annotationId")).isEqualTo(one.get("annotationId"));
            assertThat(other.get("readId")).isEqualTo(one.get("readId"));
            assertThat(other.at("/readCall/score").asDouble())
                    .isCloseTo(one.at("/readCall/score").asDouble(), Offset.offset(1e-4));
            assertThat(other.at("/readCall/label")).isEqualTo(one.at("/readCall/label"));
        }
        assertThat(ids).hasSize(2_000);
    }

    @Test
    void rowsHaveTheDocumentedFieldsInOrderAndNanoporeHeadersAreRead() throws IOException {
        List<JsonNode> rows = annotate(MODEL, "--input", SAMPLES.resolve("nanopore.fastq.gz"), "--sample-id", "s1");
        assertThat(rows).hasSize(100);
        JsonNode row = rows.get(0);
        assertThat(row.fieldNames())
                .toIterable()
                .containsSubsequence(
                        "readId",
                        "mate",
                        "runId",
                        "sampleId",
                        "status",
                        "readLength",
                        "readCall",
                        "calls",
                        "model",
                        "annotationId");
        assertThat(row.get("readId").asText()).isEqualTo("82bebcdb-e2d8-4d4d-86bb-7087bb1bc464");
        assertThat(row.get("runId").asText()).isEqualTo("721cb33e2cf794199561d1a6f172bf3eaf24b455");
        assertThat(row.get("sampleId").asText()).isEqualTo("s1");
        assertThat(row.at("/model/digest").asText())
                .isEqualTo(ModelBundle.read(MODEL.resolve("int8")).digest());
    }

    private List<JsonNode> annotate(Path model, Object... options) throws IOException {
        return rows(run(folder.resolve("out.jsonl"), model, List.of(), options));
    }

    private static Path run(Path output, Path model, List<Object> input, Object... options) {
        List<Object> arguments = new ArrayList<>(List.of("annotate", "--model", model, "--output", output));
        arguments.addAll(input);
        arguments.addAll(List.of(options));
        CommandRun run = CommandRun.of(arguments.toArray());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FINE);
        return output;
    }

    private static List<JsonNode> rows(Path file) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }
}
