package io.kmerflow.pretraining.corpus;

import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Nucleotide;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds where sequences lie in a contig, on either strand: a place counts if it has at least one k-mer, or a stated share
 * of the k-mers, of the sequence where the sequence has it. Substitutions are bridged, insertions and deletions end a
 * place. K-mers with N do not count. One thread.
 */
public final class SequenceLocator {
    /** Longest k-mer that fits into 62 bits. */
    public static final int LONGEST = 31;

    private static final int SHORTEST = 11;
    private static final int SWEEP_BASES = 1 << 20;
    private static final int NONE = -1;

    /**
     * A place.
     *
     * @param sequence number of the sequence in the given list
     * @param range where the whole sequence lies, cut at the contig's ends
     * @param forward whether it lies there as given, and not as its reverse complement
     * @param share of the sequence's k-mers that are there, above 0 to 1
     */
    public record Place(int sequence, BaseRange range, boolean forward, double share) {}

    /** Where a sequence would start if the contig went on before and behind. */
    private record Diagonal(int sequence, boolean forward, int start) {}

    /** A k-mer is the smaller of its two strands' codes; the strand is told by which it was. */
    private interface Visitor {
        void kmer(int start, long canonical, boolean forward);
    }

    private final int k;
    private final double share;
    private final int[] lengths;
    private final int[] kmers;
    /** Open addressing: k-mer of a slot, and the first occurrence of it. */
    private final long[] slots;

    private final int[] first;
    /** Occurrences: sequence, offset in it, strand, next occurrence of the same k-mer. */
    private int[] sequences = new int[1 << 10];

    private int[] offsets = new int[1 << 10];
    private boolean[] forwards = new boolean[1 << 10];
    private int[] next = new int[1 << 10];
    private int occurrences;

    /**
     * Indexes sequences.
     *
     * @param bases upper-case ASCII A C G T N
     * @param k bases per k-mer, 11 to 31
     * @param share least share of a sequence's k-mers, 0 to 1; one k-mer is always needed
     */
    public SequenceLocator(List<byte[]> bases, int k, double share) {
        if (k < SHORTEST || k > LONGEST || !(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected k-mers of %d to %d bases and a share of 0 to 1, got %d and %s",
                    SHORTEST,
                    LONGEST,
                    k,
                    share));
        }
        this.k = k;
        this.share = share;
        this.lengths = bases.stream().mapToInt(b -> b.length).toArray();
        this.kmers = new int[lengths.length];
        long all = bases.stream().mapToLong(b -> Math.max(0, b.length - k + 1)).sum();
        if (all > 1 << 28) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected at most %,d k-mers to look for, got %,d", 1 << 28, all));
        }
        this.slots = new long[Integer.highestOneBit((int) Math.max(all, 1)) * 4];
        this.first = new int[slots.length];
        Arrays.fill(first, NONE);
        for (int s = 0; s < lengths.length; s++) {
            int sequence = s;
            visit(bases.get(s), (start, canonical, forward) -> add(sequence, start, canonical, forward));
        }
    }

    private void add(int sequence, int offset, long canonical, boolean forward) {
        if (occurrences == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * occurrences);
            offsets = Arrays.copyOf(offsets, 2 * occurrences);
            forwards = Arrays.copyOf(forwards, 2 * occurrences);
            next = Arrays.copyOf(next, 2 * occurrences);
        }
        int slot = slot(canonical);
        slots[slot] = canonical;
        sequences[occurrences] = sequence;
        offsets[occurrences] = offset;
        forwards[occurrences] = forward;
        next[occurrences] = first[slot];
        first[slot] = occurrences++;
        kmers[sequence]++;
    }

    private int slot(long canonical) {
        long mixed = canonical * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & slots.length - 1;
        while (first[slot] != NONE && slots[slot] != canonical) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private void visit(byte[] bases, Visitor visitor) {
        long mask = (1L << 2 * k) - 1;
        long forward = 0;
        long reverse = 0;
        int known = 0;
        for (int i = 0; i < bases.length; i++) {
            int digit = Nucleotide.digit(bases[i]);
            known = digit == Nucleotide.UNKNOWN ? 0 : known + 1;
            forward = (forward << 2 | digit & 3) & mask;
            reverse = reverse >>> 2 | (long) (digit & 3 ^ 1) << 2 * (k - 1); // the complement of a digit is digit ^ 1
            if (known >= k) {
                visitor.kmer(i - k + 1, Math.min(forward, reverse), forward <= reverse);
            }
        }
    }

    /** Whether a sequence has a k-mer to be found by: it is long enough, and not full of N. */
    public boolean canBeFound(int sequence) {
        return kmers[sequence] > 0;
    }

    /** Every place in a contig, in the order of their starts. */
    public List<Place> locate(byte[] contig) {
        List<Place> places = new ArrayList<>();
        Map<Diagonal, int[]> open = new HashMap<>();
        int[] sweep = {SWEEP_BASES};
        visit(contig, (start, canonical, forward) -> {
            if (start >= sweep[0]) {
                close(open, start, contig.length, places);
                sweep[0] = start + SWEEP_BASES;
            }
            for (int o = first[slot(canonical)]; o != NONE; o = next[o]) {
                boolean same = forwards[o] == forward;
                int offset = same ? offsets[o] : lengths[sequences[o]] - offsets[o] - k;
                open.computeIfAbsent(new Diagonal(sequences[o], same, start - offset), d -> new int[1])[0]++;
            }
        });
        close(open, Integer.MAX_VALUE, contig.length, places);
        places.sort(Comparator.<Place>comparingInt(p -> p.range().start())
                .thenComparingInt(p -> p.range().end())
                .thenComparingInt(Place::sequence));
        return places;
    }

    /** Takes out the diagonals that end before a position: nothing more can be added to them. */
    private void close(Map<Diagonal, int[]> open, int position, int contigBases, List<Place> places) {
        for (Iterator<Map.Entry<Diagonal, int[]>> all = open.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Diagonal, int[]> entry = all.next();
            Diagonal diagonal = entry.getKey();
            int end = diagonal.start + lengths[diagonal.sequence];
            if (end > position) {
                continue;
            }
            double part = (double) entry.getValue()[0] / kmers[diagonal.sequence];
            if (part >= share) {
                places.add(new Place(
                        diagonal.sequence,
                        new BaseRange(Math.max(0, diagonal.start), Math.min(end, contigBases)),
                        diagonal.forward,
                        part));
            }
            all.remove();
        }
    }
}
