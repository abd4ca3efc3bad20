package io.kmerflow.cli.retrain;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.Json;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.file.SequenceFiles;
import io.kmerflow.sequence.file.SequenceItem;
import io.kmerflow.sequence.file.SequenceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Measures parent and new model, as bundles, on the same reads. */
final class Measurement {
    private final List<String> labels = new ArrayList<>();
    private final int oldLabels;
    private final ModelBundle parent;
    private final ModelBundle candidate;

    /**
     * @param parent serves
     * @param candidate is to serve
     */
    Measurement(ModelBundle parent, ModelBundle candidate) {
        this.parent = parent;
        this.candidate = candidate;
        labels.addAll(names(parent.contract()));
        oldLabels = labels.size();
        names(candidate.contract()).stream()
                .filter(name -> !labels.contains(name))
                .forEach(labels::add);
    }

    private static List<String> names(ModelContract contract) {
        return contract.labels().stream().map(ModelContract.Label::name).toList();
    }

    /** What is measured, and the figures beside the rules that people ask for. */
    record Found(GateRules.Measured measured, Map<String, Object> figures) {}

    /**
     * Measures.
     *
     * @param heldOut corpus
     * @param suite table or corpus; null without
     * @param unknown FASTQ or FASTA; null without
     */
    Found run(Path heldOut, Path suite, Path unknown) throws IOException {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (ModelMeasure before = new ModelMeasure(parent);
                ModelMeasure after = new ModelMeasure(candidate)) {
            SplitStep.Rows rows = SplitStep.Rows.read(heldOut);
            GateRules.Labelled held = labelled(rows, before, after, "heldOut", figures);
            GateRules.Labelled fixed =
                    suite == null ? null : labelled(SplitStep.Rows.read(suite), before, after, "suite", figures);
            Double unknownBefore = null;
            Double unknownAfter = null;
            if (unknown != null) {
                List<byte[]> reads = reads(unknown);
                unknownBefore = called(before.of(reads));
                unknownAfter = called(after.of(reads));
                figures.put("unknownReads", reads.size());
                figures.put("unknownCalledBefore", unknownBefore);
                figures.put("unknownCalledAfter", unknownAfter);
            }
            double ratio = after.latencyRatio(before, rows.bases());
            figures.put("latencyRatio", ratio);
            return new Found(new GateRules.Measured(held, fixed, unknownBefore, unknownAfter, ratio), figures);
        }
    }

    private GateRules.Labelled labelled(
            SplitStep.Rows rows, ModelMeasure before, ModelMeasure after, String name, Map<String, Object> figures) {
        List<byte[]> bases = new ArrayList<>();
        List<Integer> truths = new ArrayList<>();
        int strange = 0;
        for (int i = 0; i < rows.bases().size(); i++) {
            int truth = labels.indexOf(rows.labels().get(i));
            if (truth < 0) {
                strange++;
            } else {
                bases.add(rows.bases().get(i));
                truths.add(truth);
            }
        }
        if (bases.isEmpty()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT, "Expected sequences with labels of the models, %s, in %s, got none", labels, name));
        }
        List<ModelMeasure.Said> old = before.of(bases);
        List<ModelMeasure.Said> now = after.of(bases);
        int[] truth = truths.stream().mapToInt(Integer::intValue).toArray();
        GateRules.Labelled labelled = new GateRules.Labelled(
                labels,
                oldLabels,
                truth,
                numbers(old, truth),
                numbers(now, truth),
                now.stream().mapToDouble(ModelMeasure.Said::score).toArray());
        Map<String, Object> perLabel = new LinkedHashMap<>();
        for (int label : new TreeSet<>(truths)) {
            perLabel.put(labels.get(label), figures(label, truth, old, now));
        }
        figures.put(name, perLabel);
        if (strange > 0) {
            figures.put(name + "OtherLabels", strange);
        }
        return labelled;
    }

    private Map<String, Object> figures(
            int label, int[] truth, List<ModelMeasure.Said> before, List<ModelMeasure.Said> after) {
        int reads = 0;
        int[] right = new int[2];
        int[] called = new int[2];
        int[] calledRight = new int[2];
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] != label) {
                continue;
            }
            reads++;
            ModelMeasure.Said[] said = {before.get(i), after.get(i)};
            for (int m = 0; m < said.length; m++) {
                right[m] += labels.get(label).equals(said[m].label()) ? 1 : 0;
                called[m] += said[m].called() == null ? 0 : 1;
                calledRight[m] += labels.get(label).equals(said[m].called()) ? 1 : 0;
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("reads", reads);
        figures.put("recallBefore", (double) right[0] / reads);
        figures.put("recallAfter", (double) right[1] / reads);
        figures.put("calledBefore", (double) called[0] / reads);
        figures.put("calledAfter", (double) called[1] / reads);
        figures.put("calledRightBefore", (double) calledRight[0] / reads);
        figures.put("calledRightAfter", (double) calledRight[1] / reads);
        return figures;
    }

    /** A read that a model says nothing of counts as wrong: as the label after the true one. */
    private int[] numbers(List<ModelMeasure.Said> said, int[] truth) {
        int[] numbers = new int[truth.length];
        for (int i = 0; i < truth.length; i++) {
            int number = labels.indexOf(said.get(i).label());
            numbers[i] = number >= 0 ? number : (truth[i] + 1) % labels.size();
        }
        return numbers;
    }

    private static double called(List<ModelMeasure.Said> said) {
        return (double) said.stream().filter(one -> one.called() != null).count() / Math.max(1, said.size());
    }

    private static List<byte[]> reads(Path file) throws IOException {
        List<byte[]> reads = new ArrayList<>();
        try (SequenceReader reader = SequenceFiles.open(file.toString())) {
            for (SequenceItem item = reader.next(); item != null; item = reader.next()) {
                if (!(item instanceof SequenceItem.Parsed read)) {
                    throw new CommandFailure(
                            String.format(Locale.ROOT, "Expected reads alone in %s, got %s", file, item));
                }
                reads.add(Nucleotide.normalize(read.bases()));
            }
        }
        return reads;
    }

    /** Keeps what was measured, for the rules and for whoever doubts them. */
    static void write(Found found, Path file) throws IOException {
        Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), found.measured());
    }

    static GateRules.Measured read(Path file) throws IOException {
        return Json.MAPPER.readValue(file.toFile(), GateRules.Measured.class);
    }
}
