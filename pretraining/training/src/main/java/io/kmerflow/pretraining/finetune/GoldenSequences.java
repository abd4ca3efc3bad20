package io.kmerflow.pretraining.finetune;

import io.kmerflow.contract.ReadScores;
import io.kmerflow.pretraining.checkpoint.ClassifierModel;
import io.kmerflow.pretraining.checkpoint.GoldenSequence;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.token.WindowEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Picks the windows whose logits every later form of the model must reproduce. */
final class GoldenSequences {
    private static final int COUNT = 32;
    private static final long SEED = 0x601D;

    private GoldenSequences() {}

    /**
     * Windows spread over the validation set: a third cut to a shorter length from the shortest read on, every fourth
     * with some bases turned into N, one with nothing but N.
     *
     * @param labels names in the order of the logits
     */
    static List<GoldenSequence> choose(
            List<LabelledSequence> validation,
            FinetuneConfig.Window window,
            List<String> labels,
            WindowEncoder encoder,
            ClassifierModel model) {
        Xoshiro256 random = Xoshiro256.of(SEED);
        List<GoldenSequence> golden = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            byte[] bases =
                    validation.get((int) ((long) i * validation.size() / COUNT)).bases();
            bases = Arrays.copyOf(bases, Math.min(bases.length, window.bases()));
            if (i % 3 == 1 && bases.length > window.minReadBases()) {
                int length = window.minReadBases() + random.nextInt(bases.length - window.minReadBases());
                bases = Arrays.copyOf(bases, i == 1 ? window.minReadBases() : length);
            }
            if (i == COUNT - 1) {
                Arrays.fill(bases, (byte) 'N');
            } else if (i % 4 == 2) {
                int start = random.nextInt(bases.length);
                Arrays.fill(bases, start, Math.min(bases.length, start + 1 + random.nextInt(12)), (byte) 'N');
            }
            int[] ids = new int[encoder.tokenCount(bases.length)];
            encoder.encode(bases, 0, bases.length, ids, 0);
            float[] logits = model.logits(new int[][] {ids})[0];
            golden.add(new GoldenSequence(
                    new String(bases, StandardCharsets.US_ASCII), logits, labels.get(ReadScores.argMax(logits))));
        }
        return golden;
    }
}
