package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.BatchSource;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Goes through labelled sequences epoch after epoch, each in an order drawn from (seed, epoch). One thread. */
final class EpochBatchSource implements BatchSource {
    private static final long ORDER = 0xE90C;

    private final List<LabelledSequence> sequences;
    private final WindowEncoder encoder;
    private final ReadWindower windower;
    private final int batchSize;
    private final long seed;
    private long epoch = -1;
    private int[] order = {};

    EpochBatchSource(
            List<LabelledSequence> sequences, WindowEncoder encoder, ReadWindower windower, int batchSize, long seed) {
        this.sequences = sequences;
        this.encoder = encoder;
        this.windower = windower;
        this.batchSize = batchSize;
        this.seed = seed;
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
            rows.add(sequences.get(order[i]));
        }
        return LabelledBatches.of(rows, encoder, windower);
    }
}
