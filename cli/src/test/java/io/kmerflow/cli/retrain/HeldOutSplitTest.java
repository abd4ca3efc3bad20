package io.kmerflow.cli.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.retrain.HeldOutSplit.Candidate;
import io.kmerflow.cli.retrain.HeldOutSplit.Part;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.Nucleotide;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeldOutSplitTest {
    private static final Set<String> OLD = Set.of("a", "b");

    private static byte[] bases(long seed) {
        Random random = new Random(seed);
        byte[] bases = new byte[300];
        for (int i = 0; i < bases.length; i++) {
            bases[i] = (byte) "ACGT".charAt(random.nextInt(4));
        }
        return bases;
    }

    private static Candidate candidate(String name, byte[] bases, String label, boolean replayed) {
        return new Candidate(
                CorpusRead.newBuilder()
                        .setReadId(name)
                        .setRunId("run")
                        .setBases(ByteBuffer.wrap(bases))
                        .setLabel(label)
                        .build(),
                replayed);
    }

    private static List<Candidate> reads(int count, String label) {
        List<Candidate> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reads.add(candidate(label + i, bases(label.hashCode() + 31L * i), label, false));
        }
        return reads;
    }

    private static HeldOutSplit split(HeldOutLedger ledger, List<byte[]> suite, Set<String> allowed) {
        return new HeldOutSplit(0.25, ledger, suite, OLD, allowed, 5);
    }

    private static HeldOutSplit split() {
        return split(new HeldOutLedger(), List.of(), null);
    }

    private static byte[] nearly(byte[] bases) {
        byte[] copy = Nucleotide.reverseComplement(bases);
        copy[150] = copy[150] == 'A' ? (byte) 'C' : (byte) 'A';
        return copy;
    }

    @Test
    void holdsOutItsShareWhateverTheOrder() {
        List<Candidate> reads = reads(400, "a");
        Map<String, Part> parts = parts(reads, split().split(reads));
        assertThat(parts.values().stream().filter(part -> part == Part.HELD_OUT).count())
                .isBetween(70L, 130L);
        List<Candidate> turned = new ArrayList<>(reads);
        Collections.shuffle(turned, new Random(5));
        assertThat(parts(turned, split().split(turned))).isEqualTo(parts);
    }

    private static Map<String, Part> parts(List<Candidate> reads, HeldOutSplit.Result result) {
        Map<String, Part> parts = new HashMap<>();
        for (int i = 0; i < reads.size(); i++) {
            parts.put(reads.get(i).read().getReadId(), result.parts().get(i));
        }
        return parts;
    }

    @Test
    void nearlyIdenticalReadsGoOneWay() {
        List<Candidate> reads = reads(60, "a");
        List<Candidate> with = new ArrayList<>(reads);
        reads.forEach(read -> with.add(candidate(read.read().getReadId() + "x", nearly(read.bases()), "a", false)));
        Map<String, Part> parts = parts(with, split().split(with));
        assertThat(parts).containsValue(Part.HELD_OUT).containsValue(Part.TRAIN);
        reads.forEach(read -> assertThat(parts.get(read.read().getReadId() + "x"))
                .isEqualTo(parts.get(read.read().getReadId())));
    }

    @Test
    void whatWasHeldOutOnceIsNeverTrainedOn() {
        List<Candidate> reads = reads(200, "a");
        HeldOutLedger ledger = new HeldOutLedger();
        Map<String, Part> first = parts(reads, split(ledger, List.of(), null).split(reads));
        reads.stream()
                .filter(read -> first.get(read.read().getReadId()) == Part.HELD_OUT)
                .forEach(read -> ledger.add(read.identity(), read.bases()));
        List<Candidate> later = new ArrayList<>(reads(200, "b"));
        reads.forEach(read -> {
            later.add(candidate("again" + read.read().getReadId(), read.bases(), "a", false)); // sequenced again
            later.add(candidate("near" + read.read().getReadId(), nearly(read.bases()), "a", true));
        });
        HeldOutSplit other = new HeldOutSplit(0.01, ledger, List.of(), OLD, null, 5);
        Map<String, Part> second = parts(later, other.split(later));
        first.forEach((name, part) -> {
            if (part == Part.HELD_OUT) {
                assertThat(second.get("again" + name)).isEqualTo(Part.HELD_OUT);
                assertThat(second.get("near" + name)).isEqualTo(Part.NEAR_HELD_OUT);
            }
        });
    }

    @Test
    void neverTrainsOnTheSuite() {
        List<Candidate> reads = reads(20, "a");
        List<byte[]> suite = reads.stream().map(read -> nearly(read.bases())).toList();
        assertThat(split(new HeldOutLedger(), suite, null).split(reads).parts()).containsOnly(Part.NEAR_HELD_OUT);
    }

    @Test
    void replayedReadsAreTrainedOnAndSoAreTheirLikes() {
        List<Candidate> reads = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] bases = bases(1000 + i);
            reads.add(candidate("old" + i, bases, "a", true));
            reads.add(candidate("new" + i, nearly(bases), "a", false));
        }
        assertThat(split().split(reads).parts()).containsOnly(Part.TRAIN);
    }

    @Test
    void leavesOutLabelsThatAreNotAllowedOrRare() {
        List<Candidate> reads = new ArrayList<>(reads(20, "a"));
        reads.addAll(reads(40, "new"));
        reads.addAll(reads(3, "rare"));
        reads.addAll(reads(20, "unwanted"));
        HeldOutSplit.Result result =
                split(new HeldOutLedger(), List.of(), Set.of("new", "rare")).split(reads);
        assertThat(result.newLabels()).containsExactly("new");
        assertThat(result.parts().subList(60, 63)).containsOnly(Part.TOO_FEW);
        assertThat(result.parts().subList(63, 83)).containsOnly(Part.OTHER_LABEL);
    }

    @Test
    void readsWithoutLabelAreNotMeasured() {
        List<Candidate> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            reads.add(candidate("r" + i, bases(i), null, false));
        }
        assertThat(split().split(reads).parts()).doesNotContain(Part.HELD_OUT).contains(Part.TRAIN, Part.NEAR_HELD_OUT);
    }
}
