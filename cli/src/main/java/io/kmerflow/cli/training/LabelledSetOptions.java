package io.kmerflow.cli.training;

import io.kmerflow.cli.base.Home;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.finetune.LabelledSet;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The splits of a labelled set, and the encoder for it. */
final class LabelledSetOptions {
    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Training split: table sequence,label; plain or .gz. Needs --dev.")
    private Path train;

    @Option(
            names = "--dev",
            paramLabel = "FILE",
            description = "Split that chooses the checkpoint and tunes the control.")
    private Path dev;

    @Option(names = "--test", paramLabel = "FILE", description = "Split that is measured once, at the end.")
    private Path test;

    boolean given() {
        return train != null && dev != null;
    }

    LabelledSet read() {
        return LabelledSet.read(
                train.toAbsolutePath(), dev.toAbsolutePath(), test == null ? null : test.toAbsolutePath());
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
