package io.kmerflow.job.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.model.ModelIdentity;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.sequence.profile.DriftThresholds;
import io.kmerflow.sequence.profile.Measure;
import io.kmerflow.sequence.profile.Outcome;
import io.kmerflow.sequence.profile.ReadFeatures;
import io.kmerflow.sequence.profile.ReadProfile;
import io.kmerflow.token.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class DriftWatchTest {
    private static final int WINDOW = 10;
    private static final ModelIdentity MODEL = new ModelIdentity(
            "m",
            "1",
            "fp32",
            "sha256:1",
            new ModelContract(
                    3,
                    1,
                    new Vocabulary(3).hash(),
                    64,
                    20,
                    20,
                    8,
                    0,
                    ModelContract.StrandRule.UNSTRANDED,
                    ModelContract.Aggregation.READ,
                    1,
                    0.5,
                    List.of(new Label("a", null), new Label("b", null))));

    private static byte[] bases(int number) {
        return "ACGTTGCAAT".repeat(1 + number % 4).getBytes(StandardCharsets.US_ASCII);
    }

    /** Of reads that are called as either label, with windows of ten. */
    private static BundleProfile profile() {
        List<ReadFeatures> reads = new ArrayList<>();
        ReadProfile counts = new ReadProfile(2);
        for (int i = 0; i < 400; i++) {
            ReadFeatures read = new ReadFeatures(bases(i), null, 2, Outcome.CALLED, i % 2, 0.92);
            reads.add(read);
            counts.add(read);
        }
        return new BundleProfile(
                counts, new TreeMap<>(Map.of(WINDOW, DriftThresholds.resample(reads, 2, WINDOW, 2_000, 1))));
    }

    private long nowMillis = 1_000_000;

    /** With windows of 40 and thresholds of 10 too, and windows that end after a minute. */
    private static DriftWatch timed() {
        List<ReadFeatures> reads = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            reads.add(new ReadFeatures(bases(i), null, 2, Outcome.CALLED, i % 2, 0.92));
        }
        SortedMap<Integer, DriftThresholds> thresholds = new TreeMap<>(profile().thresholds());
        thresholds.put(4 * WINDOW, DriftThresholds.resample(reads, 2, 4 * WINDOW, 2_000, 1));
        return new DriftWatch(
                MODEL, new BundleProfile(profile().reads(), thresholds), new DriftLimits(4 * WINDOW, 60_000), 0);
    }

    private static DriftWatch watch() {
        return new DriftWatch(MODEL, profile(), new DriftLimits(WINDOW, 0), 3);
    }

    private DriftReport offer(DriftWatch watch, String sample, byte[] bases, AnnotationStatus status, String call) {
        DecodedRead read = new DecodedRead();
        read.runId = "run";
        read.sampleId = sample;
        read.bases = bases;
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setStatus(status);
        annotation.setReadCall(new ReadCall(call, 0.92f));
        return watch.offer(read, annotation, nowMillis);
    }

    private DriftReport like(DriftWatch watch, String sample, int number) {
        return offer(watch, sample, bases(number), AnnotationStatus.SCORED, number % 2 == 0 ? "a" : "b");
    }

    @Test
    void everyFullWindowOfASampleIsReported() {
        DriftWatch watch = watch();
        for (int i = 0; i < WINDOW - 1; i++) {
            assertThat(like(watch, "s1", i)).isNull();
            assertThat(like(watch, "s2", i)).isNull();
        }
        DriftReport report = like(watch, "s1", 9);
        assertThat(report.getRunId()).isEqualTo("run");
        assertThat(report.getSampleId()).isEqualTo("s1");
        assertThat(report.getModelDigest()).isEqualTo("sha256:1");
        assertThat(report.getSubtask()).isEqualTo(3);
        assertThat(report.getWindowReads()).isEqualTo(WINDOW);
        assertThat(report.getExceeded()).isEmpty();
        assertThat(report.getDivergences())
                .containsOnlyKeys(report.getThresholds().keySet())
                .hasSize(8);
        assertThat(like(watch, "s1", 10)).as("the next window").isNull();
        assertThat(like(watch, null, 0)).as("reads without a sample").isNull();
    }

    @Test
    void otherReadsAndOtherOutcomesExceedTheirThresholds() {
        DriftWatch watch = watch();
        DriftReport report = null;
        for (int i = 0; i < WINDOW; i++) {
            report = offer(
                    watch, "s1", "GGCC".repeat(5).getBytes(StandardCharsets.US_ASCII), AnnotationStatus.UNCALLED, null);
        }
        assertThat(report.getExceeded())
                .contains("call", "gc", "kmers", "outcome")
                .doesNotContain("unknown", "quality");
    }

    @Test
    void windowsOfACheckpointGoOnUnderTheSameModel() {
        DriftWatch before = watch();
        for (int i = 0; i < WINDOW - 1; i++) {
            like(before, "s1", i);
        }
        DriftWatch after = watch();
        after.restore(before.open());
        DriftReport report = like(after, "s1", 9);
        assertThat(report).isNotNull();
        DriftReport whole = like(before, "s1", 9);
        assertThat(report.getDivergences()).isEqualTo(whole.getDivergences());

        List<DriftWindow> ofAnother = watchWithOneRead().open();
        ofAnother.get(0).modelDigest = "sha256:2";
        DriftWatch other = watch();
        other.restore(ofAnother);
        assertThat(other.open()).isEmpty();
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(DriftWindow.class);
    }

    private DriftWatch watchWithOneRead() {
        DriftWatch watch = watch();
        like(watch, "s1", 0);
        return watch;
    }

    @Test
    void aWindowEndsAtItsAgeOnceThereAreThresholdsForSoManyReads() {
        DriftWatch watch = timed();
        assertThat(watch.nextLookMillis()).isEqualTo(DriftWatch.NEVER);
        for (int i = 0; i < WINDOW + 2; i++) {
            assertThat(like(watch, "many", i)).isNull();
        }
        nowMillis += 10_000;
        for (int i = 0; i < WINDOW - 1; i++) {
            assertThat(like(watch, "few", i)).isNull();
        }
        assertThat(watch.nextLookMillis()).isEqualTo(1_060_000);
        assertThat(watch.look(1_059_999)).isEmpty();
        List<DriftReport> first = watch.look(1_060_000);
        assertThat(first).hasSize(1);
        assertThat(first.get(0).getSampleId()).isEqualTo("many");
        assertThat(first.get(0).getWindowReads()).isEqualTo(WINDOW + 2);
        assertThat(first.get(0).getExceeded()).isEmpty();
        assertThat(first.get(0).getReportTime()).isEqualTo(Instant.ofEpochMilli(1_060_000));
        assertThat(first.get(0).getThresholds().get("kmers"))
                .isEqualTo(profile().thresholds().get(WINDOW).byMeasure().get(Measure.KMERS));
        assertThat(watch.nextLookMillis()).isEqualTo(1_070_000);

        assertThat(watch.look(1_070_000)).as("too few reads").isEmpty();
        assertThat(watch.nextLookMillis()).isEqualTo(DriftWatch.NEVER);
        nowMillis = 1_200_000;
        assertThat(like(watch, "few", 9).getWindowReads()).isEqualTo(WINDOW);
    }

    @Test
    void theAgeOfAWindowSurvivesARestart() {
        DriftWatch before = timed();
        for (int i = 0; i < WINDOW; i++) {
            like(before, "s1", i);
        }
        DriftWatch after = timed();
        after.restore(before.open());
        assertThat(after.nextLookMillis()).isEqualTo(1_060_000);
        assertThat(after.look(1_060_000)).hasSize(1);
    }

    @Test
    void whatIsLeftAtTheEndIsReportedIfItIsEnough() {
        DriftWatch watch = timed();
        for (int i = 0; i < WINDOW; i++) {
            like(watch, "enough", i);
        }
        like(watch, "few", 0);
        assertThat(watch.end(nowMillis)).extracting(DriftReport::getSampleId).containsExactly("enough");
        assertThat(watch.open()).isEmpty();
    }

    @Test
    void samplesSeenLastAreKept() {
        DriftWatch watch = watch();
        for (int sample = 0; sample < 1_010; sample++) {
            like(watch, "s" + sample, 0);
        }
        assertThat(watch.open()).hasSize(1_000);
        assertThat(watch.open())
                .extracting(window -> window.sampleId)
                .doesNotContain("s0", "s9")
                .contains("s10");
    }
}
