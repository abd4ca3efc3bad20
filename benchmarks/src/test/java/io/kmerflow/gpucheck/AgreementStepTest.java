package io.kmerflow.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.scoring.ScoringDevice;
import org.junit.jupiter.api.Test;

class AgreementStepTest {
    @Test
    void countsWindowsWhoseBestLabelIsTheSame() {
        float[] expected = {1, 2, 0, 5, 4, 0, 0, 0, 1, 3, 2, 1};
        float[] got = {1, 3, 0, 4, 5, 0, 0, 0, 2, 4, 2, 1};

        assertThat(AgreementStep.sameLabels(expected, got, 3)).isEqualTo(0.75);
        assertThat(AgreementStep.sameLabels(expected, expected, 3)).isEqualTo(1);
    }

    @Test
    void aMachineWithoutNvidiasLibraryGivesNoSamples() {
        try (GpuMeter meter = GpuMeter.start(ScoringDevice.CPU)) {
            assertThat(meter.samples()).isEmpty();
            assertThat(meter.summary()).isNull();
            assertThat(meter.memoryMib()).isZero();
        }
    }
}
