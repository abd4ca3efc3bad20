package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import java.nio.file.Path;
import java.util.List;

/**
 * A labelled set with its splits, read and checked.
 *
 * @param files where they lie; test may be null
 * @param classes labels are 0 to this − 1, found in train
 * @param test empty if there is none
 */
public record LabelledSet(
        FinetuneConfig.Csv files,
        int classes,
        List<LabelledSequence> train,
        List<LabelledSequence> dev,
        List<LabelledSequence> test) {

    /**
     * Reads the splits.
     *
     * @throws io.kmerflow.pretraining.corpus.CorpusException at the first line that does not fit; names file and line
     */
    public static LabelledSet read(Path train, Path dev, Path test) {
        int classes = LabelledSequences.classes(train);
        return new LabelledSet(
                new FinetuneConfig.Csv(train, dev, test, null),
                classes,
                LabelledSequences.read(train, classes),
                LabelledSequences.read(dev, classes),
                test == null ? List.of() : LabelledSequences.read(test, classes));
    }
}
