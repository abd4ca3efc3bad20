package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.util.Arrays;
import java.util.List;

/**
 * Stretches that come from no organism: negatives for a background label. Four kinds with equal chance.
 *
 * <ul>
 *   <li>Shuffled: the bases of a stretch of a known label in random order; its composition stays, its k-mers go.
 *   <li>Markov: a chain of order 1 to 3 learned from {@value #LEARNED_BASES} bases of a known label, or as many as its contigs have.
 *   <li>Low complexity: a unit of 1 to 6 bases repeated, every base replaced with probability 0 to 0.1.
 *   <li>Random: independent bases with a GC share of 0.2 to 0.8.
 * </ul>
 */
public final class SyntheticWindows implements WindowSource {
    private static final int LEARNED_BASES = 4_000;
    private static final int HIGHEST_ORDER = 3;

    private final List<? extends WindowSource> known;

    /** @param known sources of the labels that are no background, for shuffled and Markov stretches */
    public SyntheticWindows(List<? extends WindowSource> known) {
        this.known = List.copyOf(known);
    }

    @Override
    public byte[] draw(int bases, Xoshiro256 random) {
        return switch (random.nextInt(4)) {
            case 0 -> shuffled(bases, random);
            case 1 -> markov(bases, random);
            case 2 -> repeated(bases, random);
            default -> independent(bases, 0.2 + 0.6 * random.nextDouble(), random);
        };
    }

    private byte[] shuffled(int bases, Xoshiro256 random) {
        byte[] drawn = known.get(random.nextInt(known.size())).draw(bases, random);
        for (int i = drawn.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte swapped = drawn[i];
            drawn[i] = drawn[other];
            drawn[other] = swapped;
        }
        return drawn;
    }

    private byte[] markov(int bases, Xoshiro256 random) {
        int order = 1 + random.nextInt(HIGHEST_ORDER);
        byte[] learned =
                known.get(random.nextInt(known.size())).draw(Math.min(bases, LEARNED_BASES), LEARNED_BASES, random);
        int contexts = 1 << 2 * order;
        double[] counts = new double[4 * contexts];
        Arrays.fill(counts, 0.25);
        int context = 0;
        for (int i = 0; i < learned.length; i++) {
            int digit = Nucleotide.digit(learned[i]);
            if (i >= order) {
                counts[4 * context + digit]++;
            }
            context = (context << 2 | digit) & (contexts - 1);
        }
        byte[] chain = new byte[bases];
        for (int i = 0; i < bases; i++) {
            int digit = next(counts, 4 * context, random);
            chain[i] = Nucleotide.base(digit);
            context = (context << 2 | digit) & (contexts - 1);
        }
        return chain;
    }

    private static int next(double[] counts, int from, Xoshiro256 random) {
        double left = random.nextDouble() * (counts[from] + counts[from + 1] + counts[from + 2] + counts[from + 3]);
        int digit = 0;
        while (digit < 3 && left >= counts[from + digit]) {
            left -= counts[from + digit++];
        }
        return digit;
    }

    private static byte[] repeated(int bases, Xoshiro256 random) {
        byte[] unit = independent(1 + random.nextInt(6), 0.5, random);
        double replaced = 0.1 * random.nextDouble();
        byte[] repeated = new byte[bases];
        for (int i = 0; i < bases; i++) {
            repeated[i] = random.nextDouble() < replaced ? Nucleotide.base(random.nextInt(4)) : unit[i % unit.length];
        }
        return repeated;
    }

    private static byte[] independent(int bases, double gcShare, Xoshiro256 random) {
        byte[] drawn = new byte[bases];
        for (int i = 0; i < bases; i++) {
            boolean first = random.nextInt(2) == 0;
            drawn[i] = (byte) (random.nextDouble() < gcShare ? first ? 'G' : 'C' : first ? 'A' : 'T');
        }
        return drawn;
    }
}
