package io.kmerflow.job.annotate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.contract.ReadScores;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.job.model.ModelIdentity;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.sequence.Read;
import io.kmerflow.token.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnotatorTest {
    private static final float HIGH = 4;

    private static ModelContract contract(Aggregation aggregation) {
        return new ModelContract(
                3,
                1,
                new Vocabulary(3).hash(),
                64,
                20,
                10,
                8,
                0,
                StrandRule.UNSTRANDED,
                aggregation,
                1,
                0.6,
                List.of(new Label("none", null, true), new Label("promoter", "SO:0000167")));
    }

    private static Annotator annotator(Aggregation aggregation, AnnotationSettings settings) {
        return new Annotator(new ModelIdentity("m", "2", "fp32", "sha256:aa", contract(aggregation)), settings);
    }

    private static DecodedRead read(int bases) {
        return DecodedRead.of(
                new Read("r", 2, "run", "sample", false, "A".repeat(bases).getBytes(StandardCharsets.UTF_8), null),
                "barcode02",
                Origin.ofTopic("reads", 0, 7, 1_234));
    }

    /** One pair of logits per window. */
    private static ReadScores scores(Aggregation aggregation, int bases, float[]... logits) {
        ReadScores scores = new ReadScores(contract(aggregation), bases);
        for (int window = 0; window < logits.length; window++) {
            scores.put(window, logits[window], 0, true);
        }
        return scores;
    }

    @Test
    void aReadLevelCallCoversTheWholeRead() {
        ReadAnnotation annotation = annotator(Aggregation.READ, AnnotationSettings.DEFAULT)
                .annotate(read(30), scores(Aggregation.READ, 30, new float[] {0, HIGH}, new float[] {0, HIGH}));

        assertThat(annotation.getStatus()).isEqualTo(AnnotationStatus.SCORED);
        assertThat(annotation.getReadCall().getLabel()).isEqualTo("promoter");
        assertThat(annotation.getCalls()).singleElement().satisfies(call -> {
            assertThat(call.getStart()).isZero();
            assertThat(call.getEnd()).isEqualTo(30);
            assertThat(call.getOntologyId()).isEqualTo("SO:0000167");
        });
        assertThat(annotation.getWindowScores()).isNull();
        assertThat(annotation.getMate()).isEqualTo(2);
        assertThat(annotation.getSampleId()).isEqualTo("sample");
        assertThat(annotation.getBarcodeName()).isEqualTo("barcode02");
        assertThat(annotation.getReadTime()).isEqualTo(Instant.ofEpochMilli(1_234));
        assertThat(annotation.getVocabularyHash()).isEqualTo(new Vocabulary(3).hash());
    }

    @Test
    void aReadUnderTheThresholdIsUncalledAndKeepsItsScore() {
        ReadAnnotation annotation = annotator(Aggregation.READ, AnnotationSettings.DEFAULT)
                .annotate(read(20), scores(Aggregation.READ, 20, new float[] {0, 0.1f}));

        assertThat(annotation.getStatus()).isEqualTo(AnnotationStatus.UNCALLED);
        assertThat(annotation.getReadCall().getLabel()).isNull();
        assertThat(annotation.getReadCall().getScore()).isBetween(0.5f, 0.6f);
        assertThat(annotation.getCalls()).isEmpty();
        assertThat(annotation.getUncalledReason()).isEqualTo(UncalledReason.LOW_SCORE);
        assertThat(annotation.getWindowsScored()).isEqualTo(1);
        assertThat(annotation.getWindowsTotal()).isEqualTo(1);
    }

    @Test
    void aReadWhoseBestLabelIsBackgroundIsOther() {
        ReadAnnotation annotation = annotator(Aggregation.READ, AnnotationSettings.DEFAULT)
                .annotate(read(20), scores(Aggregation.READ, 20, new float[] {HIGH, 0}));

        assertThat(annotation.getStatus()).isEqualTo(AnnotationStatus.UNCALLED);
        assertThat(annotation.getUncalledReason()).isEqualTo(UncalledReason.OTHER);
        assertThat(annotation.getReadCall().getLabel()).isNull();
        assertThat(annotation.getReadCall().getScore()).isGreaterThan(0.9f);
    }

    @Test
    void aReadWithoutSegmentsHasALowScore() {
        ReadAnnotation annotation = annotator(Aggregation.SEGMENTS, AnnotationSettings.DEFAULT)
                .annotate(read(20), scores(Aggregation.SEGMENTS, 20, new float[] {HIGH, 0}));

        assertThat(annotation.getStatus()).isEqualTo(AnnotationStatus.UNCALLED);
        assertThat(annotation.getUncalledReason()).isEqualTo(UncalledReason.LOW_SCORE);
    }

    @Test
    void saysHowManyWindowsWereScoredOfAReadThatEndedEarly() {
        ModelContract certain = contract(Aggregation.READ).withCertainty(new Certainty(1, 64, 1));
        Annotator annotator =
                new Annotator(new ModelIdentity("m", "2", "fp32", "sha256:aa", certain), AnnotationSettings.DEFAULT);
        ReadScores scores = new ReadScores(certain, 400, false);
        for (int window : new int[] {0, 32, 16, 8}) {
            scores.put(window, new float[] {0, HIGH}, 0, true);
        }

        ReadAnnotation annotation = annotator.annotate(read(400), scores);

        assertThat(annotation.getStatus()).isEqualTo(AnnotationStatus.SCORED);
        assertThat(annotation.getUncalledReason()).isNull();
        assertThat(annotation.getWindowsScored()).isEqualTo(4);
        assertThat(annotation.getWindowsTotal()).isEqualTo(39);
    }

    @Test
    void scoringEveryWindowChangesTheIdOnlyWhereScoringCouldEndEarly() {
        AnnotationSettings all = new AnnotationSettings(false, false, true, 1 << 20, AnnotationFormat.AVRO);
        ModelContract certain = contract(Aggregation.READ).withCertainty(new Certainty(1, 64, 1));
        assertThat(id(certain, all)).isNotEqualTo(id(certain, AnnotationSettings.DEFAULT));
        assertThat(id(contract(Aggregation.READ), all))
                .isEqualTo(id(contract(Aggregation.READ), AnnotationSettings.DEFAULT));
    }

    private static String id(ModelContract contract, AnnotationSettings settings) {
        return new Annotator(new ModelIdentity("m", "2", "fp32", "sha256:aa", contract), settings)
                .annotate(read(20), AnnotationStatus.FILTERED)
                .getAnnotationId();
    }

    @Test
    void segmentsAreCallsAndTheReadCallIsTheStrongest() {
        // Windows at 0, 10, 20, 30, 40, 50; the first two and the last are promoters.
        float[] promoter = {0, HIGH};
        float[] weak = {0, 1};
        float[] none = {HIGH, 0};
        ReadAnnotation annotation = annotator(Aggregation.SEGMENTS, AnnotationSettings.DEFAULT)
                .annotate(read(70), scores(Aggregation.SEGMENTS, 70, weak, promoter, none, none, none, weak));

        assertThat(annotation.getCalls().stream().map(call -> call.getStart() + "-" + call.getEnd()))
                .containsExactly("0-30", "50-70");
        assertThat(annotation.getReadCall().getLabel()).isEqualTo("promoter");
        assertThat(annotation.getReadCall().getScore())
                .isEqualTo(annotation.getCalls().get(0).getScore())
                .isGreaterThan(annotation.getCalls().get(1).getScore());
    }

    @Test
    void anAmbiguousReadHasNoCall() {
        ReadScores scores = new ReadScores(contract(Aggregation.READ), 20);
        scores.put(0, new float[] {0, HIGH}, 0, false);

        ReadAnnotation annotation =
                annotator(Aggregation.READ, AnnotationSettings.DEFAULT).annotate(read(20), scores);

        assertThat(annotation.getStatus()).isEqualTo(AnnotationStatus.AMBIGUOUS);
        assertThat(annotation.getReadCall()).isNull();
    }

    @Test
    void windowScoresComeWithTheirGeometryWhenAskedFor() {
        ReadAnnotation annotation = annotator(
                        Aggregation.READ, new AnnotationSettings(true, false, false, 1 << 20, AnnotationFormat.AVRO))
                .annotate(read(35), scores(Aggregation.READ, 35, new float[2], new float[2], new float[] {0, HIGH}));

        assertThat(annotation.getWindowScores().getWindowBases()).isEqualTo(20);
        assertThat(annotation.getWindowScores().getStrideBases()).isEqualTo(10);
        assertThat(annotation.getWindowScores().getLastStart()).isEqualTo(15);
        assertThat(annotation.getWindowScores().getScores())
                .hasSize(6)
                .startsWith(0.5f, 0.5f, 0.5f, 0.5f)
                .last()
                .satisfies(score -> assertThat(score).isGreaterThan(0.95f));
    }

    @Test
    void windowScoresThatWouldOutgrowTheTopicAreLeftOutAndItSaysSo() {
        ReadAnnotation annotation = annotator(
                        Aggregation.READ, new AnnotationSettings(true, false, false, 1_040, AnnotationFormat.AVRO))
                .annotate(read(35), scores(Aggregation.READ, 35, new float[2], new float[2], new float[2]));

        assertThat(annotation.getWindowScores()).isNull();
        assertThat(annotation.getWindowScoresOmitted()).isTrue();
    }
}
