package io.kmerflow.files.read;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequencedReadsTest {
    @Test
    void aRunWithoutANameIsCalledAfterItsFileSoThatMatesShareIt() {
        assertThat(SequencedReads.runIdOf("/data/lane1_R1.fastq.gz")).isEqualTo("lane1");
        assertThat(SequencedReads.runIdOf("/data/lane1_R2_001.fastq.gz")).isEqualTo("lane1");
        assertThat(SequencedReads.runIdOf("sample_2.fq")).isEqualTo("sample");
        assertThat(SequencedReads.runIdOf("plain")).isEqualTo("plain");
        assertThat(SequencedReads.runIdOf("-")).isEqualTo("stdin");
    }
}
