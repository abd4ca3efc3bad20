package io.kmerflow.benchmark;

import java.util.Locale;

/**
 * Sequencers and the bases they give a second: of nanopore cells channels times 400 bases/s per pore, the most they can while every
 * channel sequences; of the others the output of a run over its time, from the makers' specification pages.
 */
public enum Sequencer {
    /** iSeq 100: 1.2 Gb in 19 h, 2 x 150. */
    ISEQ_100(17_500, false, "Illumina, iSeq 100 specification: 1.2 Gb in 19 h"),
    /** MiSeq, v3 kit: 15 Gb in 56 h, 2 x 300. */
    MISEQ(74_400, false, "Illumina, MiSeq specification, v3 kit: 15 Gb in 56 h"),
    /** MinION or GridION cell: 512 channels. */
    MINION_CELL(204_800, true, "Oxford Nanopore: 512 channels x 400 bases/s"),
    /** PromethION cell: 2,675 channels. */
    PROMETHION_CELL(1_070_000, true, "Oxford Nanopore: 2,675 channels x 400 bases/s"),
    /** NextSeq 2000, P3: 360 Gb in 48 h, 2 x 150. */
    NEXTSEQ_2000(2_083_000, false, "Illumina, NextSeq 2000 specification, P3: 360 Gb in 48 h"),
    /** NovaSeq X, one 25B flow cell: 8 Tb in 48 h, 2 x 150. */
    NOVASEQ_X_CELL(46_300_000, false, "Illumina, NovaSeq X specification, 25B: 8 Tb in 48 h");

    private final double basesPerSecond;
    private final boolean longReads;
    private final String source;

    Sequencer(double basesPerSecond, boolean longReads, String source) {
        this.basesPerSecond = basesPerSecond;
        this.longReads = longReads;
        this.source = source;
    }

    /** Bases a second. */
    public double basesPerSecond() {
        return basesPerSecond;
    }

    /** Whether its reads have many windows, of which only a part is scored. */
    public boolean longReads() {
        return longReads;
    }

    /** Where that figure is from. */
    public String source() {
        return source;
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
