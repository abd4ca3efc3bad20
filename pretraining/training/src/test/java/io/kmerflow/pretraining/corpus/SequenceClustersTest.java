package io.kmerflow.pretraining.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.sequence.Nucleotide;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceClustersTest {
    private static byte[] random(int bases, Xoshiro256 random) {
        byte[] sequence = new byte[bases];
        for (int i = 0; i < bases; i++) {
            sequence[i] = Nucleotide.base(random.nextInt(4));
        }
        return sequence;
    }

    private static byte[] mutated(byte[] sequence, int every) {
        byte[] copy = sequence.clone();
        for (int i = every / 2; i < copy.length; i += every) {
            copy[i] = (byte) (copy[i] == 'A' ? 'C' : 'A');
        }
        return copy;
    }

    @Test
    void copiesWithFewDifferencesAreOneGroupOnEitherStrandAndOthersAreNot() {
        Xoshiro256 random = Xoshiro256.of(3);
        List<byte[]> sequences = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sequences.add(random(300, random));
        }
        byte[] first = sequences.get(7);
        sequences.add(mutated(first, 100));
        sequences.add(Nucleotide.reverseComplement(first));
        sequences.add(mutated(first, 8));
        int[] groups = SequenceClusters.of(sequences);
        assertThat(groups[50]).as("1 % differs").isEqualTo(groups[7]);
        assertThat(groups[51]).as("the other strand").isEqualTo(groups[7]);
        assertThat(groups[52]).as("12 % differs").isEqualTo(52);
        for (int i = 0; i < 50; i++) {
            assertThat(groups[i]).isEqualTo(i);
        }
    }

    @Test
    void shortSequencesAreOneGroupOnlyIfTheyAreTheSame() {
        List<byte[]> sequences = List.of(
                "ACG".getBytes(StandardCharsets.US_ASCII),
                "CGT".getBytes(StandardCharsets.US_ASCII),
                "ACT".getBytes(StandardCharsets.US_ASCII));
        assertThat(SequenceClusters.of(sequences)).containsExactly(0, 0, 2);
    }
}
