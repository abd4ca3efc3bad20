package io.kmerflow.cli.retrain;

import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.LabelledSet;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Labelled reads of the demonstration, shared out: to train the first model, to measure on, to stream before and after. In the
 * order of the file, so the same at every run.
 */
final class DemoData {
    private static final double TRAIN = 0.4;
    private static final double SUITE = 0.525;
    private static final double EARLY = 0.75;
    private static final int LEAST = 200;

    private final Map<String, List<byte[]>> byLabel;
    private final String newLabel;
    private final String background;

    /** A read to stream. */
    record Row(String label, byte[] bases) {}

    private DemoData(Map<String, List<byte[]>> byLabel, String newLabel, String background) {
        this.byLabel = byLabel;
        this.newLabel = newLabel;
        this.background = background;
    }

    /**
     * Reads a table with columns sequence and label.
     *
     * @param newLabel the label that the first model does not know
     * @param background the label of all other organisms
     * @throws IllegalArgumentException if one of them is not in it, or a label has too few reads
     */
    static DemoData read(Path table, String newLabel, String background) {
        LabelledSet set = LabelledSet.read(new FinetuneConfig.Csv(table, table, null), Path.of(""), null);
        Map<String, List<byte[]>> byLabel = new TreeMap<>();
        set.train()
                .forEach(row -> byLabel.computeIfAbsent(set.names().get(row.label()), label -> new ArrayList<>())
                        .add(row.bases()));
        if (!byLabel.containsKey(newLabel) || !byLabel.containsKey(background) || byLabel.size() < 4) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected at least 4 labels with '%s' and '%s' in %s, got %s",
                    newLabel,
                    background,
                    table,
                    byLabel.keySet()));
        }
        byLabel.forEach((label, reads) -> {
            if (reads.size() < LEAST) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected %d reads or more of '%s' in %s, got %d",
                        LEAST,
                        label,
                        table,
                        reads.size()));
            }
        });
        return new DemoData(byLabel, newLabel, background);
    }

    /** Labels of the first model: those of organisms in alphabetical order, then the background. */
    List<String> knownLabels() {
        List<String> labels = new ArrayList<>(byLabel.keySet());
        labels.remove(newLabel);
        labels.remove(background);
        labels.add(background);
        return labels;
    }

    String newLabel() {
        return newLabel;
    }

    String background() {
        return background;
    }

    private List<Row> part(String label, double from, double to) {
        List<byte[]> reads = byLabel.get(label);
        return reads.subList((int) (from * reads.size()), (int) (to * reads.size())).stream()
                .map(bases -> new Row(label, bases))
                .toList();
    }

    /** What the first model learns from. */
    List<Row> training() {
        return knownLabels().stream()
                .flatMap(label -> part(label, 0, TRAIN).stream())
                .toList();
    }

    /** What both models are measured on. */
    List<Row> suite() {
        return knownLabels().stream()
                .flatMap(label -> part(label, TRAIN, SUITE).stream())
                .toList();
    }

    /** Reads of known organisms and others, before the new one comes. */
    List<Row> calm() {
        return mixed(SUITE, (SUITE + EARLY) / 2, false);
    }

    /** Reads of all, as the new organism comes. */
    List<Row> outbreak() {
        return mixed((SUITE + EARLY) / 2, EARLY, true);
    }

    /** Reads while the new model is compared, comes, and serves. */
    List<Row> later() {
        List<Row> rows = new ArrayList<>();
        for (String label : byLabel.keySet()) {
            rows.addAll(part(label, EARLY, 1));
        }
        return shuffled(rows);
    }

    /** Reads of no known organism alone. */
    List<Row> strange() {
        return part(background, SUITE, 1);
    }

    private List<Row> mixed(double from, double to, boolean withNew) {
        List<Row> rows = new ArrayList<>();
        knownLabels().forEach(label -> rows.addAll(part(label, from, to)));
        if (withNew) {
            rows.addAll(part(newLabel, 0, EARLY)); // nothing of it was needed before
        }
        return shuffled(rows);
    }

    private static List<Row> shuffled(List<Row> rows) {
        List<Row> mixed = new ArrayList<>(rows);
        java.util.Collections.shuffle(mixed, new java.util.Random(rows.size()));
        return mixed;
    }

    /** Writes rows as a table with columns label and sequence. */
    static Path table(List<Row> rows, Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            out.write("label\tsequence\n");
            for (Row row : rows) {
                out.write(row.label() + "\t" + new String(row.bases(), StandardCharsets.US_ASCII) + "\n");
            }
        }
        return file;
    }

    /** Writes rows as FASTA. */
    static Path fasta(List<Row> rows, Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (int i = 0; i < rows.size(); i++) {
                out.write(">read" + i + "\n" + new String(rows.get(i).bases(), StandardCharsets.US_ASCII) + "\n");
            }
        }
        return file;
    }
}
