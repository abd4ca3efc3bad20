package io.kmerflow.pretraining.study;

import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.sequence.Nucleotide;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which hidden bases lie in repeats. The rule: the 24-mer from 12 bases before the base to 11 behind it occurs, on either
 * strand, more than once in the genomes (the held-out place itself is one of them). A base nearer to the border of its
 * piece takes the first or last 24-mer of the piece.
 */
final class Repeats {
    private static final int LENGTH = 24;
    private static final long MASK = (1L << 2 * LENGTH) - 1;
    private static final int CHUNK = 1 << 20;

    private Repeats() {}

    /** For every hidden base, in the order of {@link HiddenBases#predict}, whether it lies in a repeat. */
    static boolean[] find(StoredMasks masks, List<? extends Genome> genomes) {
        List<Long> around = new ArrayList<>();
        Map<Long, Integer> counts = new HashMap<>();
        for (StoredMasks.Piece piece : masks.pieces()) {
            for (int span : piece.spans()) {
                for (int h = 0; h < masks.hiddenBases(); h++) {
                    int start = masks.firstHidden(span) + h - LENGTH / 2;
                    start = Math.max(0, Math.min(start, piece.bases().length - LENGTH));
                    long code = 0;
                    for (int i = start; i < start + LENGTH; i++) {
                        code = code << 2 | Nucleotide.digit(piece.bases()[i]);
                    }
                    around.add(code);
                    counts.put(code, 0);
                }
            }
        }
        for (Genome genome : genomes) {
            for (int contig = 0; contig < genome.contigs().size(); contig++) {
                count(genome, contig, counts);
            }
        }
        boolean[] repeats = new boolean[around.size()];
        for (int i = 0; i < repeats.length; i++) {
            repeats[i] = counts.get(around.get(i)) > 1;
        }
        return repeats;
    }

    private static void count(Genome genome, int contig, Map<Long, Integer> counts) {
        long forward = 0;
        long reverse = 0;
        int known = 0;
        int length = genome.contigs().get(contig).length();
        for (int from = 0; from < length; from += CHUNK) {
            for (byte base : genome.bases(contig, from, Math.min(from + CHUNK, length))) {
                int digit = Nucleotide.digit(base);
                known = digit == Nucleotide.UNKNOWN ? 0 : known + 1;
                forward = (forward << 2 | digit & 3) & MASK;
                reverse = reverse >>> 2 | (long) ((digit & 3) ^ 1) << 2 * (LENGTH - 1);
                if (known >= LENGTH) {
                    counts.computeIfPresent(forward, (code, n) -> n + 1);
                    if (reverse != forward) {
                        counts.computeIfPresent(reverse, (code, n) -> n + 1);
                    }
                }
            }
        }
    }
}
