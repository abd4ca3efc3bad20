package io.kmerflow.cli.models;

import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.sequence.PrintableText;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** Versions of models as text and as trees for JSON. */
public final class ModelTable {
    private static final int NAME_WIDTH = 26;

    private ModelTable() {}

    /** One version, some lines. */
    public static String of(ModelVersion version) {
        ModelAnnouncement announcement = version.announcement();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s %s  %s%s",
                PrintableText.escape(version.name()),
                PrintableText.escape(version.version()),
                version.digest(),
                version.serving() ? "  serving" : version.shadow() ? "  shadow" : ""));
        row(text, "announced", announcement.getAnnouncedTime() + by(announcement));
        row(text, "bundle", announcement.getBundleUri());
        row(text, "labels", announcement.getLabels().isEmpty() ? null : String.join(", ", announcement.getLabels()));
        for (Instant since : version.servingSince()) {
            row(text, "began to serve", since.toString());
        }
        if (version.servingSince().isEmpty()) {
            row(text, "answer", version.answer() == null ? "none" : version.answer());
        }
        lineage(announcement).forEach((name, value) -> row(text, name, value));
        return text.append('\n').toString();
    }

    private static String by(ModelAnnouncement announcement) {
        return announcement.getAnnouncedBy() == null ? "" : " by " + announcement.getAnnouncedBy();
    }

    private static Map<String, String> lineage(ModelAnnouncement announcement) {
        Map<String, String> lineage = new TreeMap<>(announcement.getLineage());
        lineage.remove(Lineage.SERVING_SINCE); // told apart
        return lineage;
    }

    private static void row(StringBuilder text, String name, String value) {
        if (value != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n  %-" + NAME_WIDTH + "s %s",
                    PrintableText.escape(name),
                    PrintableText.escape(value)));
        }
    }

    /** One version as a tree. */
    public static Map<String, Object> tree(ModelVersion version) {
        ModelAnnouncement announcement = version.announcement();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("model", version.name());
        tree.put("version", version.version());
        tree.put("digest", version.digest());
        tree.put("bundle", announcement.getBundleUri());
        tree.put("labels", announcement.getLabels());
        tree.put("announcedTime", announcement.getAnnouncedTime().toString());
        tree.put("announcedBy", announcement.getAnnouncedBy());
        tree.put(
                "servingSince",
                version.servingSince().stream().map(Instant::toString).toList());
        tree.put("serving", version.serving());
        tree.put("shadow", version.shadow());
        tree.put("answer", version.answer());
        tree.put("lineage", lineage(announcement));
        return tree;
    }

    /** What two versions have different: a line each, and those of the labels. */
    public static String diff(ModelVersion one, ModelVersion other) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %s  |  %s",
                PrintableText.escape(one.name()),
                PrintableText.escape(one.version()),
                PrintableText.escape(other.version())));
        row(text, "digest", one.digest() + "  |  " + other.digest());
        List<String> before = one.announcement().getLabels();
        List<String> after = other.announcement().getLabels();
        LabelChangeText.of(without(after, before), without(before, after))
                .ifPresent(change -> row(text, "labels", change));
        Map<String, String> mine = lineage(one.announcement());
        Map<String, String> theirs = lineage(other.announcement());
        TreeSet<String> names = new TreeSet<>(mine.keySet());
        names.addAll(theirs.keySet());
        for (String name : names) {
            String left = mine.get(name);
            String right = theirs.get(name);
            if (!Objects.equals(left, right)) {
                row(text, name, shown(left) + "  |  " + shown(right) + change(left, right));
            }
        }
        return text.toString();
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(label -> !others.contains(label)).sorted().toList();
    }

    private static String shown(String value) {
        return value == null ? "none" : value;
    }

    /** By how much a number went up or down. */
    private static String change(String left, String right) {
        try {
            double difference = Double.parseDouble(right) - Double.parseDouble(left);
            return String.format(Locale.ROOT, "  (%+.4g)", difference);
        } catch (NumberFormatException | NullPointerException e) {
            return ""; // no numbers
        }
    }
}
