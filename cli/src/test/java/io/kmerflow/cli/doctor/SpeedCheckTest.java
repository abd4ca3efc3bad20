package io.kmerflow.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpeedCheckTest {
    @Test
    void namesTheSequencersOfItsKindThatLeaveHeadroom() {
        assertThat(SpeedCheck.says(300_000, true))
                .isEqualTo("300,000 bases/s at most; at 70 % of that it keeps up with minion-cell");
        assertThat(SpeedCheck.says(290_000, true)).endsWith("none of the sequencers of 'bench keep-up'");
        assertThat(SpeedCheck.says(110_000, false)).endsWith("keeps up with iseq-100, miseq");
        assertThat(SpeedCheck.says(2_000_000, true)).endsWith("keeps up with minion-cell, promethion-cell");
    }
}
