package io.kmerflow.export.parity;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.token.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Windows of random bases as a contract allows them, 2 % of their bases N; the same seed gives the same windows. */
public final class RandomWindows {
    private static final double UNKNOWN_SHARE = 0.02;
    private static final int LONGEST_UNIT = 6;

    private final ModelContract contract;
    private final Random random;

    /** @param contract says how long windows are */
    public RandomWindows(ModelContract contract, long seed) {
        this.contract = contract;
        this.random = new Random(seed);
    }

    /** A batch of windows of every length, the shorter ones padded. */
    TokenBatch padded(int windows) {
        TokenBatch batch = batch(windows, contract.windowBases());
        for (int window = 0; window < windows; window++) {
            int shortest = contract.minReadBases();
            add(batch, bases(shortest + random.nextInt(contract.windowBases() - shortest + 1), Integer.MAX_VALUE));
        }
        return batch;
    }

    /** A batch of windows of full length. */
    TokenBatch full(int windows) {
        return repeats(windows, contract.windowBases(), Integer.MAX_VALUE);
    }

    /**
     * Batches without padding that try what an encoder may meet: of every eighth length between the shortest and the longest,
     * and of repeats of 1 to {@value #LONGEST_UNIT} bases in full length.
     */
    public List<TokenBatch> varied(int windows) {
        List<TokenBatch> batches = new ArrayList<>();
        int spread = contract.windowBases() - contract.minReadBases();
        for (int eighth = 0; eighth <= 8; eighth++) {
            batches.add(repeats(windows, contract.minReadBases() + spread * eighth / 8, Integer.MAX_VALUE));
        }
        for (int unit = 1; unit <= LONGEST_UNIT; unit++) {
            batches.add(repeats(windows, contract.windowBases(), unit));
        }
        return batches;
    }

    private TokenBatch repeats(int windows, int bases, int unit) {
        TokenBatch batch = batch(windows, bases);
        for (int window = 0; window < windows; window++) {
            add(batch, bases(bases, unit));
        }
        return batch;
    }

    private TokenBatch batch(int windows, int longest) {
        return new TokenBatch(contract.encoder(), windows, contract.encoder().tokenCount(longest));
    }

    private static void add(TokenBatch batch, byte[] bases) {
        batch.add(bases, 0, bases.length);
    }

    /** Bases that begin anew after every {@code unit} of them. */
    private byte[] bases(int count, int unit) {
        byte[] bases = new byte[count];
        for (int i = 0; i < count; i++) {
            byte fresh = (byte) (random.nextDouble() < UNKNOWN_SHARE ? 'N' : "ACGT".charAt(random.nextInt(4)));
            bases[i] = i < unit ? fresh : bases[i - unit];
        }
        return bases;
    }
}
