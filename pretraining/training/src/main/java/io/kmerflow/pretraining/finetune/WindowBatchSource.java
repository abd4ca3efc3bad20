package io.kmerflow.pretraining.finetune;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.LabelledWindows;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.trainer.BatchSource;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.token.WindowEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Labelled windows drawn afresh for every step. Several batches are drawn at once and cut by length, so that most rows of
 * a batch have the same width; which of them comes first is drawn too. A function of (seed, step). One thread.
 */
final class WindowBatchSource implements BatchSource {
    private static final long WINDOWS = 0x71D0;

    private final LabelledWindows windows;
    private final WindowEncoder encoder;
    private final int batchSize;
    private final int bucketBatches;
    private final long seed;
    private long bucket = -1;
    private List<TrainingBatch> batches = List.of();

    WindowBatchSource(LabelledWindows windows, WindowEncoder encoder, int batchSize, int bucketBatches, long seed) {
        this.windows = windows;
        this.encoder = encoder;
        this.batchSize = batchSize;
        this.bucketBatches = bucketBatches;
        this.seed = seed;
    }

    @Override
    public TrainingBatch batch(long step) {
        if (step / bucketBatches != bucket) {
            bucket = step / bucketBatches;
            batches = draw(bucket);
        }
        return batches.get((int) (step % bucketBatches));
    }

    private List<TrainingBatch> draw(long bucket) {
        Xoshiro256 random = Xoshiro256.of(seed, WINDOWS, bucket);
        LabelledSequence[] drawn = new LabelledSequence[batchSize * bucketBatches];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = windows.draw(random);
        }
        Arrays.sort(drawn, Comparator.comparingInt(w -> w.bases().length)); // stable, so still a function of the draw
        int[] order = new int[bucketBatches];
        Arrays.setAll(order, i -> i);
        random.shuffle(order);
        List<TrainingBatch> cut = new ArrayList<>();
        for (int at : order) {
            cut.add(LabelledBatches.of(List.of(drawn).subList(at * batchSize, (at + 1) * batchSize), encoder));
        }
        return cut;
    }
}
