package io.kmerflow.pretraining.corpus;

import java.util.AbstractList;
import java.util.Locale;
import java.util.RandomAccess;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Labelled reads of a corpus as labelled sequences, each read from its file when it is asked for. */
public final class LabelledReads extends AbstractList<LabelledSequence> implements RandomAccess {
    private final SnapshotReads reads;
    private final int[] chosen;
    private final int[] labels;

    /**
     * @param names of the classes
     * @param chosen which of the labelled reads
     * @throws CorpusException if a label is none of the names
     */
    public LabelledReads(SnapshotReads reads, LabelNames names, IntPredicate chosen) {
        this.reads = reads;
        for (String label : reads.labels()) {
            if (names.index(label) < 0) {
                throw new CorpusException(String.format(
                        Locale.ROOT,
                        "Expected %s as label of the corpus' reads, got '%s'; a file of labels (--labels) can name others, and"
                                + " 'snapshot --only-label' leaves them out",
                        names.expected(),
                        label));
            }
        }
        this.chosen = IntStream.range(0, reads.size())
                .filter(read -> reads.label(read) != null)
                .filter(chosen)
                .toArray();
        this.labels = IntStream.of(this.chosen)
                .map(read -> names.index(reads.label(read)))
                .toArray();
    }

    private LabelledReads(SnapshotReads reads, int[] chosen, int[] labels) {
        this.reads = reads;
        this.chosen = chosen;
        this.labels = labels;
    }

    @Override
    public LabelledSequence get(int index) {
        return new LabelledSequence(reads.bases(chosen[index]), labels[index]);
    }

    /** Bases of each read, without reading it. */
    public IntStream lengths() {
        return IntStream.of(chosen).map(reads::length);
    }

    /** Label of each read, without reading it. */
    public IntStream labels() {
        return IntStream.of(labels);
    }

    /** The first of these reads of each label, at most that many. */
    public LabelledReads first(int perLabel) {
        int[] taken = new int[reads.labels().size() + 1];
        int[] kept = IntStream.range(0, chosen.length)
                .filter(i -> taken[reads.labels().indexOf(reads.label(chosen[i]))]++ < perLabel)
                .toArray();
        return new LabelledReads(
                reads,
                IntStream.of(kept).map(i -> chosen[i]).toArray(),
                IntStream.of(kept).map(i -> labels[i]).toArray());
    }

    @Override
    public int size() {
        return chosen.length;
    }
}
