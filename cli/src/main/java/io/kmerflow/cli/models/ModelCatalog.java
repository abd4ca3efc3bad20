package io.kmerflow.cli.models;

import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ModelOutcome;
import io.kmerflow.schema.ModelSlot;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Versions of all models from the topics alone. What was said of a version stays on the topic of announcements; when it served
 * is there too, if its publisher waited for the job, and else in the job's events for as long as these are kept.
 */
public final class ModelCatalog {
    private static final int WHOLE_JOB = -1;

    private final List<ModelVersion> versions;

    private ModelCatalog(List<ModelVersion> versions) {
        this.versions = versions;
    }

    /** One version; all that belongs to it. */
    private static final class Entry {
        private ModelAnnouncement announcement;
        private final TreeSet<Instant> since = new TreeSet<>();
        private boolean shadow;
        private String answer;
    }

    /**
     * Puts together what the topics have.
     *
     * @param announcements in the order of their topic
     * @param events in the order of their topic
     */
    public static ModelCatalog of(List<ModelAnnouncement> announcements, List<ModelEvent> events) {
        Map<String, Map<String, Entry>> models = new TreeMap<>();
        for (ModelAnnouncement announcement : announcements) {
            Map<String, Entry> model = models.computeIfAbsent(announcement.getModelName(), n -> new LinkedHashMap<>());
            if (announcement.getSlot() == ModelSlot.SHADOW) {
                model.values().forEach(entry -> entry.shadow = false); // one shadow at a time
            }
            if (announcement.getModelVersion() == null || announcement.getBundleDigest() == null) {
                continue; // it emptied a slot
            }
            Entry entry = model.computeIfAbsent(key(announcement), k -> new Entry());
            entry.shadow |= announcement.getSlot() == ModelSlot.SHADOW;
            boolean says = announcement.getSlot() == ModelSlot.VERSION;
            if (entry.announcement == null || says || entry.announcement.getSlot() != ModelSlot.VERSION) {
                entry.announcement = announcement;
            }
            entry.since.addAll(times(announcement.getLineage().get(Lineage.SERVING_SINCE)));
        }
        for (ModelEvent event : events) {
            if (event.getSubtask() != WHOLE_JOB || event.getSlot() != ModelSlot.ACTIVE) {
                continue;
            }
            for (Entry entry :
                    models.getOrDefault(event.getModelName(), Map.of()).values()) {
                if (Objects.equals(entry.announcement.getBundleDigest(), event.getBundleDigest())) {
                    entry.answer = event.getOutcome() + (event.getReason() == null ? "" : ": " + event.getReason());
                    if (event.getOutcome() == ModelOutcome.COMMITTED) {
                        addTime(entry.since, event.getEventTime());
                    }
                }
            }
        }
        List<ModelVersion> versions = new ArrayList<>();
        models.values().forEach(model -> versions.addAll(versions(model)));
        return new ModelCatalog(versions);
    }

    private static String key(ModelAnnouncement announcement) {
        return announcement.getModelVersion() + "/" + announcement.getBundleDigest();
    }

    /** The publisher notes when it heard of the commit, the event when it happened: one and the same if a minute apart. */
    private static void addTime(TreeSet<Instant> since, Instant time) {
        Instant near = since.ceiling(time.minusSeconds(60));
        if (near == null || near.isAfter(time.plusSeconds(60))) {
            since.add(time);
        }
    }

    private static List<Instant> times(String text) {
        List<Instant> times = new ArrayList<>();
        for (String time : text == null ? new String[0] : text.strip().split("\\s+")) {
            try {
                times.add(Instant.parse(time));
            } catch (DateTimeParseException e) {
                continue; // somebody else's words; the events may know
            }
        }
        return times;
    }

    private static List<ModelVersion> versions(Map<String, Entry> model) {
        Entry last = model.values().stream()
                .filter(entry -> !entry.since.isEmpty())
                .max(Comparator.comparing(entry -> entry.since.last()))
                .orElse(null);
        return model.values().stream()
                .sorted(Comparator.comparing(entry -> entry.announcement.getAnnouncedTime()))
                .map(entry -> new ModelVersion(
                        entry.announcement, List.copyOf(entry.since), entry == last, entry.shadow, entry.answer))
                .toList();
    }

    /** All versions: by model name, then by the time of their announcement. */
    public List<ModelVersion> versions() {
        return versions;
    }

    /** Names of the models, in alphabetical order. */
    public List<String> names() {
        return versions.stream().map(ModelVersion::name).distinct().toList();
    }

    /** Versions of that model that text names, see {@link ModelVersion#isNamed}. */
    public List<ModelVersion> named(String model, String text) {
        return versions.stream()
                .filter(version -> version.name().equals(model) && version.isNamed(text))
                .toList();
    }

    /** The version that serves, if any is known to. */
    public Optional<ModelVersion> serving(String model) {
        return versions.stream()
                .filter(version -> version.name().equals(model) && version.serving())
                .findFirst();
    }

    /** The version that served before the one that serves now. */
    public Optional<ModelVersion> previous(String model) {
        Instant now = serving(model)
                .map(version ->
                        version.servingSince().get(version.servingSince().size() - 1))
                .orElse(Instant.MAX);
        return versions.stream()
                .filter(version -> version.name().equals(model) && !version.serving())
                .filter(version -> lastBefore(version, now) != null)
                .max(Comparator.comparing(version -> lastBefore(version, now)));
    }

    private static Instant lastBefore(ModelVersion version, Instant end) {
        return version.servingSince().stream()
                .filter(time -> time.isBefore(end))
                .reduce((earlier, later) -> later)
                .orElse(null);
    }
}
