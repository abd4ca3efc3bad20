package io.kmerflow.pretraining;

import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.settings.Setting;
import java.util.List;

/** What to hold out of each genome. */
public record HeldOutConfig(
        @Setting(value = "About this part of each contig, 0 to 0.5; of reads, this part of them.", byDefault = "0.225")
        double share,

        @Setting(value = "Length of a block, in bases.", byDefault = "112000")
        int blockBases,

        @Setting(value = "Band on each side of a block that is used for nothing, in bases.", byDefault = "5000")
        int guardBases,

        @Setting(
                value =
                        "Regions `contig:start-end`, 0-based, half-open, held out whatever else is; they count towards the"
                                + " share.",
                byDefault = "[]")
        List<String> regions) {
    public HeldOutConfig {
        regions = List.copyOf(regions);
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
