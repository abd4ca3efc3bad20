package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.evaluation.ConfusionMatrix;
import io.kmerflow.pretraining.evaluation.ScoredExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a finished model says of the rows it was measured on, as tables with tabs. */
final class PredictionFiles {
    private static final List<String> HEADER = List.of("split", "row", "label", "predicted", "score", "called");

    private final List<String> names;
    private final double temperature;
    private final double threshold;
    private final List<String> rows = new ArrayList<>(List.of(String.join("\t", HEADER)));
    private final List<String> counts = new ArrayList<>();

    /**
     * @param names of the labels in logit order
     * @param temperature of the model, in the scores
     * @param threshold score from which a read is called
     */
    PredictionFiles(List<String> names, double temperature, double threshold) {
        this.names = names;
        this.temperature = temperature;
        this.threshold = threshold;
        counts.add("split\tlabel\t" + String.join("\t", names));
    }

    /** @param numbers of the rows in their table, from 0; null for 0, 1, ... */
    void add(String split, ScoredExamples scored, int[] numbers) {
        for (int i = 0; i < scored.labels().length; i++) {
            int best = ScoredExamples.best(scored.logits()[i]);
            double score = ScoredExamples.probabilities(scored.logits()[i], temperature)[best];
            rows.add(String.format(
                    Locale.ROOT,
                    "%s\t%d\t%s\t%s\t%.4f\t%s",
                    split,
                    numbers == null ? i : numbers[i],
                    names.get(scored.labels()[i]),
                    names.get(best),
                    score,
                    score >= threshold));
        }
        ConfusionMatrix matrix = scored.confusion();
        for (int truth = 0; truth < names.size(); truth++) {
            StringBuilder row = new StringBuilder(split + "\t" + names.get(truth));
            for (int called = 0; called < names.size(); called++) {
                row.append('\t').append(matrix.count(truth, called));
            }
            counts.add(row.toString());
        }
    }

    /** Writes predictions.tsv, a row for each sequence, and confusion.tsv, counts of true labels (rows) by predicted ones. */
    void write(Path directory) throws IOException {
        Files.write(directory.resolve("predictions.tsv"), rows);
        Files.write(directory.resolve("confusion.tsv"), counts);
    }
}
