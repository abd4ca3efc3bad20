package io.kmerflow.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCatalogTest {
    private static final Instant START = Instant.parse("2026-11-28T08:00:00Z");

    private static ModelAnnouncement.Builder announced(String version, ModelSlot slot, int minute) {
        return ModelAnnouncement.newBuilder()
                .setModelName("species")
                .setSlot(slot)
                .setRevision(minute)
                .setModelVersion(version)
                .setBundleUri("/models/" + version)
                .setBundleDigest(digest(version))
                .setAnnouncedTime(at(minute));
    }

    private static String digest(String version) {
        return "sha256:" + version.replace(".", "a").repeat(64).substring(0, 64);
    }

    private static Instant at(int minute) {
        return START.plusSeconds(60L * minute);
    }

    private static ModelEvent event(String version, ModelOutcome outcome, int minute) {
        return ModelEvent.newBuilder()
                .setModelName("species")
                .setSlot(ModelSlot.ACTIVE)
                .setRevision(minute)
                .setBundleDigest(digest(version))
                .setSubtask(-1)
                .setOutcome(outcome)
                .setReason(outcome == ModelOutcome.ABORTED ? "TIME_OUT: late" : null)
                .setEventTime(at(minute))
                .build();
    }

    @Test
    void tellsWhatServesAndWhatServedBefore() {
        ModelCatalog catalog = ModelCatalog.of(
                List.of(
                        announced("1.0", ModelSlot.ACTIVE, 0).build(),
                        announced("2.0", ModelSlot.ACTIVE, 10).build(),
                        announced("3.0", ModelSlot.ACTIVE, 20).build()),
                List.of(
                        event("1.0", ModelOutcome.COMMITTED, 1),
                        event("2.0", ModelOutcome.COMMITTED, 11),
                        event("3.0", ModelOutcome.ABORTED, 21)));
        assertThat(catalog.serving("species").orElseThrow().version()).isEqualTo("2.0");
        assertThat(catalog.previous("species").orElseThrow().version()).isEqualTo("1.0");
        assertThat(catalog.versions().get(2).answer()).isEqualTo("ABORTED: TIME_OUT: late");
        assertThat(catalog.versions().get(2).servingSince()).isEmpty();
    }

    @Test
    void goesBackToTheVersionThatServedLastNotToTheNewest() {
        ModelCatalog catalog = ModelCatalog.of(
                List.of(
                        announced("1.0", ModelSlot.ACTIVE, 0).build(),
                        announced("2.0", ModelSlot.ACTIVE, 10).build(),
                        announced("1.0", ModelSlot.ACTIVE, 20).build()),
                List.of(
                        event("1.0", ModelOutcome.COMMITTED, 1),
                        event("2.0", ModelOutcome.COMMITTED, 11),
                        event("1.0", ModelOutcome.COMMITTED, 21)));
        assertThat(catalog.serving("species").orElseThrow().version()).isEqualTo("1.0");
        assertThat(catalog.serving("species").orElseThrow().servingSince()).containsExactly(at(1), at(21));
        assertThat(catalog.previous("species").orElseThrow().version()).isEqualTo("2.0");
    }

    @Test
    void knowsWithoutEventsAndWithoutOlderAnnouncementsWhatPublishersKept() {
        // Compaction leaves the last announcement of the slot; events are gone after a week.
        ModelCatalog catalog = ModelCatalog.of(
                List.of(
                        announced("1.0", ModelSlot.VERSION, 0)
                                .setLineage(Map.of("parent", "none", Lineage.SERVING_SINCE, at(1).toString()))
                                .build(),
                        announced("2.0", ModelSlot.VERSION, 10)
                                .setLineage(
                                        Map.of("parent", "species 1.0", Lineage.SERVING_SINCE, at(11) + " " + at(31)))
                                .build(),
                        announced("2.0", ModelSlot.ACTIVE, 30).build()),
                List.of());
        assertThat(catalog.serving("species").orElseThrow().version()).isEqualTo("2.0");
        assertThat(catalog.serving("species").orElseThrow().announcement().getLineage())
                .containsEntry("parent", "species 1.0");
        assertThat(catalog.previous("species").orElseThrow().version()).isEqualTo("1.0");
    }

    @Test
    void takesTheCommitAndItsNoteForOneTime() {
        ModelCatalog catalog = ModelCatalog.of(
                List.of(announced("1.0", ModelSlot.VERSION, 0)
                        .setLineage(Map.of(Lineage.SERVING_SINCE, at(1).toString()))
                        .build()),
                List.of(event("1.0", ModelOutcome.COMMITTED, 1)));
        assertThat(catalog.versions().get(0).servingSince()).containsExactly(at(1));
    }

    @Test
    void namesVersionsByNumberAndByBeginOfTheDigest() {
        ModelCatalog catalog = ModelCatalog.of(
                List.of(
                        announced("1.0", ModelSlot.ACTIVE, 0).build(),
                        announced("2.0", ModelSlot.ACTIVE, 1).build()),
                List.of());
        assertThat(catalog.named("species", "2.0")).hasSize(1);
        assertThat(catalog.named("species", digest("2.0").substring(0, 14))).hasSize(1);
        assertThat(catalog.named("species", "2a")).isEmpty();
        assertThat(catalog.named("other", "2.0")).isEmpty();
    }

    @Test
    void aShadowIsShownUntilItEnds() {
        ModelAnnouncement shadow =
                announced("2.0", ModelSlot.SHADOW, 1).setSampledShare(0.1f).build();
        ModelAnnouncement end =
                announced("2.0", ModelSlot.SHADOW, 2).setModelVersion(null).build();
        assertThat(ModelCatalog.of(List.of(shadow), List.of()).versions().get(0).shadow())
                .isTrue();
        assertThat(ModelCatalog.of(List.of(shadow, end), List.of())
                        .versions()
                        .get(0)
                        .shadow())
                .isFalse();
    }
}
