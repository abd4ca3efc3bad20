package io.kmerflow.pretraining.corpus;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Groups sequences that are nearly the same, on either strand: the same bases, or half or more of the 64 lowest hashes of
 * their canonical 12-mers in common, which is about 97 % identity over the whole length. Groups are joined through their
 * members. A k-mer that very many sequences have is compared with the first of them only.
 */
public final class SequenceClusters {
    private static final int K = 12;
    private static final int SKETCH = 64;
    private static final int MOST_PER_HASH = 64;
    private static final long STREAM = 0x5E7C;

    private final int[] parents;

    private SequenceClusters(int sequences) {
        parents = new int[sequences];
        Arrays.setAll(parents, i -> i);
    }

    /** The group of each sequence, as the number of one of its members; the same for the same sequences in the same order. */
    public static int[] of(List<byte[]> sequences) {
        SequenceClusters clusters = new SequenceClusters(sequences.size());
        Map<ByteBuffer, Integer> firsts = new HashMap<>();
        Map<Long, int[]> holders = new HashMap<>();
        Map<Long, Integer> held = new HashMap<>();
        for (int i = 0; i < sequences.size(); i++) {
            byte[] bases = eitherStrand(sequences.get(i));
            Integer first = firsts.putIfAbsent(ByteBuffer.wrap(bases), i);
            if (first != null) {
                clusters.join(first, i);
                continue;
            }
            long[] sketch = sketch(bases);
            Map<Integer, Integer> shared = new HashMap<>();
            for (long hash : sketch) {
                int count = held.getOrDefault(hash, 0);
                int[] list = holders.computeIfAbsent(hash, h -> new int[4]);
                for (int h = 0; h < count; h++) {
                    shared.merge(list[h], 1, Integer::sum);
                }
                if (count < MOST_PER_HASH) {
                    list = count < list.length ? list : Arrays.copyOf(list, 2 * count);
                    list[count] = i;
                    holders.put(hash, list);
                    held.put(hash, count + 1);
                }
            }
            int me = i;
            shared.forEach((other, count) -> {
                if (2 * count >= sketch.length) {
                    clusters.join(other, me);
                }
            });
        }
        int[] groups = new int[sequences.size()];
        Arrays.setAll(groups, clusters::root);
        return groups;
    }

    /** The one of both orientations whose bases come first. */
    public static byte[] eitherStrand(byte[] bases) {
        byte[] turned = Nucleotide.reverseComplement(bases);
        return Arrays.compare(bases, turned) <= 0 ? bases : turned;
    }

    /** Lowest hashes of canonical k-mers without N; fewer of a short sequence. */
    private static long[] sketch(byte[] bases) {
        TreeSet<Long> lowest = new TreeSet<>();
        long mask = (1L << 2 * K) - 1;
        long forward = 0;
        long reverse = 0;
        int known = 0;
        for (byte base : bases) {
            int code = "ACGT".indexOf(base);
            known = code < 0 ? 0 : known + 1;
            forward = (forward << 2 | Math.max(code, 0)) & mask;
            reverse = reverse >>> 2 | (3L - Math.max(code, 0)) << 2 * (K - 1);
            if (known >= K) {
                long hash = Xoshiro256.hash(STREAM, Math.min(forward, reverse), 0);
                if (lowest.size() < SKETCH || hash < lowest.last()) {
                    lowest.add(hash);
                    if (lowest.size() > SKETCH) {
                        lowest.pollLast();
                    }
                }
            }
        }
        return lowest.stream().mapToLong(Long::longValue).toArray();
    }

    private int root(int sequence) {
        int at = sequence;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    private void join(int one, int other) {
        int first = root(one);
        int second = root(other);
        parents[Math.max(first, second)] = Math.min(first, second);
    }
}
