package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.LabelNames;
import io.kmerflow.pretraining.corpus.LabelledReads;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledSequences;
import io.kmerflow.pretraining.corpus.SequenceClusters;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A labelled set with its splits, read and checked.
 *
 * @param files where they lie, how they are read
 * @param names of the classes, in logit order
 * @param train without the rows of dev, if these were taken out of it
 * @param test empty if there is none
 * @param notes what a user should know of the splits, one sentence each
 * @param devRows rows of train's table, from 0, that are dev; null if dev is a separate table
 */
public record LabelledSet(
        FinetuneConfig.Csv files,
        List<String> names,
        List<LabelledSequence> train,
        List<LabelledSequence> dev,
        List<LabelledSequence> test,
        List<String> notes,
        int[] devRows) {
    /** Part of the labelled reads of a corpus that is dev, where none is given. */
    private static final double DEV_SHARE = 0.15;

    /** Most of them of each label that are measured. */
    private static final int DEV_PER_LABEL = 500;

    /** Labels are 0 to this − 1. */
    public int classes() {
        return names.size();
    }

    /**
     * Reads splits of the usual columns, whose labels are those found in train.
     *
     * @throws io.kmerflow.pretraining.corpus.CorpusException at the first line that does not fit; names file and line
     */
    public static LabelledSet read(Path train, Path dev, Path test) {
        return read(new FinetuneConfig.Csv(train, dev, test), Path.of(""), null);
    }

    /**
     * Reads the splits.
     *
     * @param root where relative paths start
     * @param given names of the classes; null for those of the file of labels, or found in train if there is none
     * @throws io.kmerflow.pretraining.corpus.CorpusException at the first line that does not fit; names file and line
     */
    public static LabelledSet read(FinetuneConfig.Csv csv, Path root, List<String> given) {
        LabelledSequences.Columns columns = csv.columns();
        Path trainFile = root.resolve(csv.train());
        if (SnapshotReads.isCorpus(trainFile)) {
            return ofReads(csv, root, given);
        }
        LabelNames names = names(csv, root, given);
        List<LabelledSequence> train = LabelledSequences.read(trainFile, columns, names);
        List<String> notes = new ArrayList<>();
        List<LabelledSequence> dev;
        int[] devRows = null;
        if (csv.dev() == null) {
            AutomaticSplit split = AutomaticSplit.of(train, names.names(), trainFile);
            devRows = split.dev();
            dev = rows(train, devRows);
            train = rows(train, split.train());
            notes.add(String.format(
                    Locale.ROOT,
                    "no dev table: %,d of %,d rows are kept for it, whole groups of nearly identical sequences (%,d groups)",
                    dev.size(),
                    dev.size() + train.size(),
                    split.groups()));
        } else {
            dev = split(csv.dev(), csv, root, names);
        }
        List<LabelledSequence> test = split(csv.test(), csv, root, names);
        addShared(notes, "dev", dev, train);
        addShared(notes, "test", test, train);
        return new LabelledSet(csv, names.names(), train, dev, test, notes, devRows);
    }

    /**
     * Labelled reads of a corpus, which stay on disk. Its snapshot left no sequence in it twice.
     */
    private static LabelledSet ofReads(FinetuneConfig.Csv csv, Path root, List<String> given) {
        SnapshotReads reads = SnapshotReads.open(root.resolve(csv.train()));
        LabelNames names = csv.labels() != null
                ? LabelNames.read(root.resolve(csv.labels()))
                : LabelNames.of(given == null ? reads.labels() : given);
        boolean split = csv.dev() == null;
        List<LabelledSequence> train =
                new LabelledReads(reads, names, read -> !split || !reads.isHeldOut(read, DEV_SHARE));
        List<LabelledSequence> dev = split
                ? new LabelledReads(reads, names, read -> reads.isHeldOut(read, DEV_SHARE)).first(DEV_PER_LABEL)
                : split(csv.dev(), csv, root, names);
        if (train.isEmpty() || dev.isEmpty() || names.names().size() < 2) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected labelled reads of 2 labels or more to train and to measure on in %s, got %,d and %,d of %d",
                    root.resolve(csv.train()),
                    train.size(),
                    dev.size(),
                    names.names().size()));
        }
        List<String> notes = new ArrayList<>();
        if (split) {
            notes.add(String.format(
                    Locale.ROOT,
                    "no dev split: %.0f %% of the labelled reads are kept from training by their names, %,d of them measured;"
                            + " reads of one place in a genome may be in both",
                    100 * DEV_SHARE,
                    dev.size()));
        }
        List<LabelledSequence> test = split(csv.test(), csv, root, names);
        addShared(notes, "test", test, train);
        return new LabelledSet(csv, names.names(), train, dev, test, notes, null);
    }

    /** A split of a table or of a corpus, empty for null. */
    private static List<LabelledSequence> split(Path given, FinetuneConfig.Csv csv, Path root, LabelNames names) {
        if (given == null) {
            return List.of();
        }
        Path path = root.resolve(given);
        return SnapshotReads.isCorpus(path)
                ? new LabelledReads(SnapshotReads.open(path), names, read -> true)
                : LabelledSequences.read(path, csv.columns(), names);
    }

    /**
     * Labels of the file, of the configuration or of the training table. Names of a configuration that were found in a table
     * are found there again, so that a word such as {@code 1} never changes its class.
     */
    private static LabelNames names(FinetuneConfig.Csv csv, Path root, List<String> given) {
        if (csv.labels() != null) {
            return LabelNames.read(root.resolve(csv.labels()));
        }
        return given == null ? LabelledSequences.names(root.resolve(csv.train()), csv.columns()) : LabelNames.of(given);
    }

    private static List<LabelledSequence> rows(List<LabelledSequence> all, int[] numbers) {
        return Arrays.stream(numbers).mapToObj(all::get).toList();
    }

    private static void addShared(
            List<String> notes, String split, List<LabelledSequence> rows, List<LabelledSequence> train) {
        Set<ByteBuffer> measured = new HashSet<>();
        rows.forEach(row -> measured.add(eitherStrand(row)));
        Set<ByteBuffer> seen = new HashSet<>();
        if (!rows.isEmpty()) { // train may be larger than memory, and is gone through once
            train.forEach(row -> {
                ByteBuffer bases = eitherStrand(row);
                if (measured.contains(bases)) {
                    seen.add(bases);
                }
            });
        }
        long shared =
                rows.stream().filter(row -> seen.contains(eitherStrand(row))).count();
        if (shared > 0) {
            notes.add(String.format(
                    Locale.ROOT,
                    "warning: %,d of %,d %s sequences are also in train, on either strand: their figures are too good",
                    shared,
                    rows.size(),
                    split));
        }
    }

    private static ByteBuffer eitherStrand(LabelledSequence row) {
        return ByteBuffer.wrap(SequenceClusters.eitherStrand(row.bases()));
    }
}
