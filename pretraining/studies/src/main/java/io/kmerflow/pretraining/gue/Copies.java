package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.sequence.Nucleotide;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds test rows whose sequence, or its reverse complement, is also in another split. */
final class Copies {
    private Copies() {}

    /** Numbers of the test rows that no other row is a copy of, in order. */
    static int[] rowsWithout(List<LabelledSequence> test, List<List<LabelledSequence>> others) {
        Set<String> seen = new HashSet<>();
        for (List<LabelledSequence> split : others) {
            for (LabelledSequence row : split) {
                seen.add(canonical(row.bases()));
            }
        }
        return IntStream.range(0, test.size())
                .filter(i -> !seen.contains(canonical(test.get(i).bases())))
                .toArray();
    }

    /** The smaller of a sequence and its reverse complement: the same for both strands. */
    private static String canonical(byte[] bases) {
        byte[] reversed = Nucleotide.reverseComplement(bases);
        return new String(Arrays.compare(bases, reversed) <= 0 ? bases : reversed, StandardCharsets.US_ASCII);
    }
}
