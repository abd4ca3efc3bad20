package io.kmerflow.cli.retrain;

import io.kmerflow.pretraining.corpus.SequenceClusters;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.identity.ReadDigests;
import io.kmerflow.sequence.identity.ReadIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which reads are trained on, and which are held out. A group of nearly identical sequences goes one way as a whole, by the hash
 * of one of its members, so that the measure is not of what was learned by heart. Groups of reads that were held out before, or
 * that have a sequence of the fixed suite, are never trained on; other groups with replayed data, which was trained on before,
 * are trained on.
 */
final class HeldOutSplit {
    /** Where a read goes. */
    enum Part {
        /** Trained on. */
        TRAIN,
        /** Held out, and measured. */
        HELD_OUT,
        /** Neither: nearly the same as a read that was held out earlier, or as one of the suite. */
        NEAR_HELD_OUT,
        /** Neither: its label is none that the new model has. */
        OTHER_LABEL,
        /** Neither: its label is new and has too few reads. */
        TOO_FEW
    }

    /**
     * A read and where it comes from.
     *
     * @param read with bases and, if it has one, label
     * @param replayed whether it is data of earlier, which is only trained on
     */
    record Candidate(CorpusRead read, boolean replayed) {
        ReadIdentity identity() {
            return new ReadIdentity(read.getRunId(), read.getReadId(), read.getMate());
        }

        byte[] bases() {
            return io.kmerflow.corpus.store.Contents.bytes(read.getBases());
        }
    }

    /**
     * The decision.
     *
     * @param parts of each candidate, in their order
     * @param newLabels labels that the parent does not have and that are trained on, in alphabetical order
     */
    record Result(List<Part> parts, List<String> newLabels) {
        /** Candidates by where they went. */
        SortedMap<String, Long> counts() {
            SortedMap<String, Long> counts = new TreeMap<>();
            parts.forEach(part ->
                    counts.merge(part.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), 1L, Long::sum));
            return counts;
        }
    }

    private final double share;
    private final HeldOutLedger ledger;
    private final List<byte[]> suite;
    private final Set<String> oldLabels;
    private final Set<String> allowedLabels;
    private final int minReadsPerLabel;

    /**
     * @param share of the groups that is held out
     * @param ledger of what was held out before
     * @param suite sequences that are measured on
     * @param oldLabels of the parent
     * @param allowedLabels that may be new; null for all
     * @param minReadsPerLabel fewest training reads of a new label
     */
    HeldOutSplit(
            double share,
            HeldOutLedger ledger,
            List<byte[]> suite,
            Set<String> oldLabels,
            Set<String> allowedLabels,
            int minReadsPerLabel) {
        this.share = share;
        this.ledger = ledger;
        this.suite = suite;
        this.oldLabels = oldLabels;
        this.allowedLabels = allowedLabels;
        this.minReadsPerLabel = minReadsPerLabel;
    }

    /** Decides for all candidates; the same for the same candidates in whatever order. */
    Result split(List<Candidate> candidates) {
        List<byte[]> sequences = new ArrayList<>();
        candidates.forEach(candidate -> sequences.add(candidate.bases()));
        sequences.addAll(suite);
        int[] groups = SequenceClusters.of(sequences);
        Map<Integer, String> smallest = new HashMap<>();
        Set<Integer> heldBefore = new HashSet<>();
        Set<Integer> trainedBefore = new HashSet<>();
        ReadDigests digests = new ReadDigests();
        for (int i = 0; i < candidates.size(); i++) {
            String hash = java.util.HexFormat.of().formatHex(digests.canonical(sequences.get(i)));
            smallest.merge(groups[i], hash, (one, other) -> one.compareTo(other) <= 0 ? one : other);
            if (ledger.has(candidates.get(i).identity(), sequences.get(i))) {
                heldBefore.add(groups[i]);
            }
            if (candidates.get(i).replayed()) {
                trainedBefore.add(groups[i]);
            }
        }
        for (int i = candidates.size(); i < groups.length; i++) {
            heldBefore.add(groups[i]);
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            boolean held = heldBefore.contains(groups[i]);
            boolean train = !held && trainedBefore.contains(groups[i]);
            parts.add(part(candidates.get(i), held, train, smallest.get(groups[i])));
        }
        return withoutRareLabels(candidates, parts);
    }

    private Part part(Candidate candidate, boolean heldBefore, boolean trainedBefore, String hash) {
        String label = candidate.read().getLabel();
        boolean known =
                label == null || oldLabels.contains(label) || allowedLabels == null || allowedLabels.contains(label);
        if (!known) {
            return Part.OTHER_LABEL;
        }
        if (heldBefore) {
            boolean itself =
                    !candidate.replayed() && label != null && ledger.has(candidate.identity(), candidate.bases());
            return itself ? Part.HELD_OUT : Part.NEAR_HELD_OUT;
        }
        // The first 52 bits as a fraction: exact in a double.
        double fraction = Long.parseLong(hash.substring(0, 13), 16) * 0x1.0p-52;
        if (trainedBefore || fraction >= share) {
            return Part.TRAIN;
        }
        return label == null ? Part.NEAR_HELD_OUT : Part.HELD_OUT;
    }

    private Result withoutRareLabels(List<Candidate> candidates, List<Part> parts) {
        SortedMap<String, Integer> trained = new TreeMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String label = candidates.get(i).read().getLabel();
            if (label != null && !oldLabels.contains(label) && parts.get(i) != Part.OTHER_LABEL) {
                trained.merge(label, parts.get(i) == Part.TRAIN ? 1 : 0, Integer::sum);
            }
        }
        Set<String> rare = new HashSet<>();
        trained.forEach((label, reads) -> {
            if (reads < minReadsPerLabel) {
                rare.add(label);
            }
        });
        List<Part> kept = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String label = candidates.get(i).read().getLabel();
            kept.add(label != null && rare.contains(label) ? Part.TOO_FEW : parts.get(i));
        }
        return new Result(
                kept,
                trained.keySet().stream().filter(label -> !rare.contains(label)).toList());
    }
}
