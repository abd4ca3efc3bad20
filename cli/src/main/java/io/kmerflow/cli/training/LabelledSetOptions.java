package io.kmerflow.cli.training;

import io.kmerflow.cli.base.Home;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The splits of a labelled set, how they are learned from, and the encoder for it. */
final class LabelledSetOptions {
    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "Training split: table of sequences and labels, CSV or TSV, plain or .gz, or the folder of a corpus that"
                            + " 'snapshot' has made; --dev and --test likewise.")
    private Path train;

    @Option(
            names = "--dev",
            paramLabel = "FILE",
            description = "Split that chooses the checkpoint and tunes the control (default: about 15 %% of the rows of"
                    + " --data, of each label; nearly identical sequences stay together).")
    private Path dev;

    @Option(names = "--test", paramLabel = "FILE", description = "Split that is measured once, at the end.")
    private Path test;

    @Mixin
    private ColumnOptions columns;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "Labels in the order of the model's, one a line: a name, or what the tables have and its name,"
                            + " separated by a tab or comma (default: the words of --data in alphabetical order, or numbers 0 to n-1).")
    private Path labels;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "End after N measurements on dev without a lower loss (default: never).")
    private Integer patience;

    @Option(
            names = "--class-weights",
            paramLabel = "none|balanced",
            description = "Whether each sequence or each label counts the same in the loss (default: none).")
    private FinetuneConfig.ClassWeights classWeights;

    /** Whether there is a training split. */
    boolean given() {
        return train != null;
    }

    /** Whether an option is given that says something about a training split. */
    boolean anyOther() {
        return dev != null
                || test != null
                || labels != null
                || patience != null
                || classWeights != null
                || columns.any();
    }

    /** @throws IllegalArgumentException if the options cannot be */
    LabelledSet read() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("train", train.toAbsolutePath());
        values.put("dev", absolute(dev));
        values.put("test", absolute(test));
        values.put("sequenceColumn", columns.sequence);
        values.put("labelColumn", columns.label);
        values.put("labels", absolute(labels));
        values.put("patience", patience);
        values.put("classWeights", classWeights);
        return LabelledSet.read(SettingsTree.of(values, FinetuneConfig.Csv.class), Path.of(""), null);
    }

    private static Path absolute(Path file) {
        return file == null ? null : file.toAbsolutePath();
    }

    /**
     * The checkpoint to start from: the given one, else the shipped encoder. Read here once, so that one that does not fit
     * fails before the data are looked at.
     *
     * @throws io.kmerflow.pretraining.checkpoint.CheckpointException as {@link TrainingCheckpoint#read}
     */
    static Path encoder(Path given) {
        Path directory = (given == null ? Home.defaultEncoder() : given).toAbsolutePath();
        TrainingCheckpoint.read(directory);
        return directory;
    }
}
