package io.kmerflow.pretraining.masking;

/** What becomes of the chosen tokens. */
public enum Replacement {
    /** BERT: 80 % [MASK], 10 % a random id, 10 % unchanged, each token on its own draw. */
    BERT(0.8, 0.1, false),
    /** All become [MASK]: no unchanged token inside a span gives its neighbours' bases away. */
    MASK_ONLY(1, 0, false),
    /** 80/10/10 with one draw for each run of neighbouring chosen tokens; spans that merged count as one run. */
    PER_SPAN(0.8, 0.1, true);

    private final double maskShare;
    private final double randomShare;
    private final boolean perRun;

    Replacement(double maskShare, double randomShare, boolean perRun) {
        this.maskShare = maskShare;
        this.randomShare = randomShare;
        this.perRun = perRun;
    }

    /** Part of the chosen tokens that become [MASK], 0 to 1. */
    public double maskShare() {
        return maskShare;
    }

    /** Part that become a random id of the whole vocabulary, 0 to 1; the rest stay as they are. */
    public double randomShare() {
        return randomShare;
    }

    /** Whether all tokens of a run share one draw. */
    public boolean perRun() {
        return perRun;
    }
}
