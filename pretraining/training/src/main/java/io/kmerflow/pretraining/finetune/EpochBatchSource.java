package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.BatchSource;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Goes through labelled sequences epoch after epoch, each in an order drawn from (seed, epoch). With both strands each
 * sequence is turned to its reverse complement with probability 1/2, drawn from (seed, epoch, row). Of a sequence longer than a limit a
 * stretch is taken, drawn from the same. One thread.
 */
final class EpochBatchSource implements BatchSource {
    private static final long ORDER = 0xE90C;
    private static final long STRAND = 0x57A2;
    private static final long STRETCH = 0x57EC;

    private final List<LabelledSequence> sequences;
    private final WindowEncoder encoder;
    private final ReadWindower windower;
    private final int batchSize;
    private final long seed;
    private final boolean bothStrands;
    private final float[] classWeights;
    private final int mostBases;
    private long epoch = -1;
    private int[] order = {};

    /**
     * @param classWeights of each class in the loss; null if all count the same
     * @param mostBases longest stretch of a sequence
     */
    EpochBatchSource(
            List<LabelledSequence> sequences,
            WindowEncoder encoder,
            ReadWindower windower,
            int batchSize,
            long seed,
            boolean bothStrands,
            float[] classWeights,
            int mostBases) {
        this.sequences = sequences;
        this.encoder = encoder;
        this.windower = windower;
        this.batchSize = batchSize;
        this.seed = seed;
        this.bothStrands = bothStrands;
        this.classWeights = classWeights;
        this.mostBases = mostBases;
    }

    /** Steps that go through all sequences once; the last batch of an epoch may be smaller. */
    static long stepsPerEpoch(int sequences, int batchSize) {
        return (sequences + batchSize - 1) / batchSize;
    }

    @Override
    public TrainingBatch batch(long step) {
        long perEpoch = stepsPerEpoch(sequences.size(), batchSize);
        if (step / perEpoch != epoch) {
            epoch = step / perEpoch;
            order = new int[sequences.size()];
            Arrays.setAll(order, i -> i);
            Xoshiro256.of(seed, ORDER, epoch).shuffle(order);
        }
        int from = (int) (step % perEpoch) * batchSize;
        List<LabelledSequence> rows = new ArrayList<>();
        for (int i = from; i < Math.min(from + batchSize, order.length); i++) {
            LabelledSequence sequence = stretch(sequences.get(order[i]), order[i]);
            rows.add(
                    bothStrands && turned(seed, epoch, order[i])
                            ? new LabelledSequence(Nucleotide.reverseComplement(sequence.bases()), sequence.label())
                            : sequence);
        }
        TrainingBatch batch = LabelledBatches.of(rows, encoder, windower);
        return classWeights == null ? batch : batch.weighted(classWeights);
    }

    private LabelledSequence stretch(LabelledSequence sequence, int row) {
        int tooMany = sequence.bases().length - mostBases;
        if (tooMany <= 0) {
            return sequence;
        }
        int start = Xoshiro256.of(Xoshiro256.hash(seed, STRETCH, epoch), STRETCH, row)
                .nextInt(tooMany + 1);
        return new LabelledSequence(Arrays.copyOfRange(sequence.bases(), start, start + mostBases), sequence.label());
    }

    /** Whether a row of the file is read from the other strand in an epoch. */
    static boolean turned(long seed, long epoch, int row) {
        return Xoshiro256.hash(Xoshiro256.hash(seed, STRAND, epoch), STRAND, row) < 0;
    }
}
