package io.kmerflow.pretraining;

import io.kmerflow.pretraining.corpus.HeldOut;
import java.util.List;

/**
 * What to hold out of each genome; what is null takes its default.
 *
 * @param share about this part of each contig; default 0.225
 * @param blockBases length of a block; default 112,000
 * @param guardBases on each side, used for nothing; default 5,000
 * @param regions {@code contig:start-end}, 0-based, half-open, held out whatever else is; default none
 */
public record HeldOutConfig(Double share, Integer blockBases, Integer guardBases, List<String> regions) {
    public HeldOutConfig {
        share = share == null ? HeldOut.Plan.DEFAULT.share() : share;
        blockBases = blockBases == null ? HeldOut.Plan.DEFAULT.blockBases() : blockBases;
        guardBases = guardBases == null ? HeldOut.Plan.DEFAULT.guardBases() : guardBases;
        regions = regions == null ? List.of() : List.copyOf(regions);
    }

    /** All defaults. */
    public static HeldOutConfig defaults() {
        return new HeldOutConfig(null, null, null, null);
    }

    /** The plan they make. */
    public HeldOut.Plan plan() {
        return new HeldOut.Plan(
                share,
                blockBases,
                guardBases,
                regions.stream().map(HeldOut.Region::parse).toList());
    }
}
