package io.kmerflow.pretraining;

import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.settings.SettingsTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A pretraining run of genomes alone, without a file of settings: a small encoder, RandomMask, and held-out blocks that fit
 * the contigs.
 *
 * @param config of the run
 * @param heldOut one sentence on what is held out
 */
public record PretrainDefaults(PretrainConfig config, String heldOut) {
    private static final int K = 6;
    private static final int POSITIONS = 512;
    private static final long STEPS = 2_000;
    private static final int BATCH = 32;
    private static final double SHARE = 0.2;
    private static final int EVALUATED_PIECES = 128;
    /** A short block is this many times as long as its guards. */
    private static final int BLOCKS_PER_GUARD = 10;

    /** Reads how long the contigs are and chooses. */
    public static PretrainDefaults of(List<Path> files) {
        List<Map<String, Object>> sources = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path file : files) {
            String base = file.getFileName().toString().replaceFirst("[.].*", "");
            String name = base;
            for (int i = 2; !names.add(name); i++) {
                name = base + "-" + i;
            }
            sources.add(Map.of("name", name, "fasta", file));
            for (Genome.Contig contig : InMemoryGenome.read(name, file).contigs()) {
                lengths.add(contig.length());
            }
        }
        int room = POSITIONS - 2 + K - 1;
        int typical = halfOfTheBases(lengths);
        boolean isShort = SHARE * typical < HeldOut.Plan.DEFAULT.blockBases();
        int block = isShort ? Math.max(1, (int) (SHARE * typical)) : HeldOut.Plan.DEFAULT.blockBases();
        int guard = Math.min(HeldOut.Plan.DEFAULT.guardBases(), block / BLOCKS_PER_GUARD);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", Map.of("k", K, "hidden", 128, "layers", 2, "heads", 4, "feedForward", 512));
        values.put("model.maxPositions", POSITIONS);
        values.put("model.dropout", 0.1);
        values.put("genomes", sources);
        values.put("heldOut.share", SHARE);
        values.put("heldOut.blockBases", block);
        values.put("heldOut.guardBases", guard);
        values.put("corpus.pieceBases", Math.min(room, block));
        values.put("training.steps", STEPS);
        values.put("training.batchSize", BATCH);
        values.put("training.warmUpSteps", 100);
        values.put("training.evaluateEvery", 200);
        values.put("training.checkpointEvery", 200);
        values.put("evaluation.pieces", EVALUATED_PIECES);
        PretrainConfig config = SettingsTree.of(values, PretrainConfig.class);
        return new PretrainDefaults(
                config,
                String.format(
                        Locale.ROOT,
                        "held out: about %.0f %% of the positions of each contig, in blocks of %,d bases with guards of %,d bases%s",
                        100 * SHARE,
                        block,
                        guard,
                        isShort
                                ? String.format(
                                        Locale.ROOT,
                                        "; contigs are short (half of the bases lie in contigs of %,d or more), so the block"
                                                + " is the middle of each",
                                        typical)
                                : ""));
    }

    /** Contigs of this length or more have half of all bases. */
    private static int halfOfTheBases(List<Integer> lengths) {
        List<Integer> sorted = lengths.stream().sorted().toList();
        long all = sorted.stream().mapToLong(Integer::longValue).sum();
        long sum = 0;
        for (int length : sorted) {
            sum += length;
            if (2 * sum >= all) {
                return length;
            }
        }
        return 0;
    }
}
