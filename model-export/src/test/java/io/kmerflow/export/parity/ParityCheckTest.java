package io.kmerflow.export.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmerflow.bundle.Precision;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.scoring.WindowScorer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParityCheckTest {
    private static final float GAP = 0.02f;
    private static final ModelContract CONTRACT = new ModelContract(
            3,
            1,
            new Vocabulary(3).hash(),
            64,
            60,
            60,
            30,
            0,
            StrandRule.UNSTRANDED,
            Aggregation.READ,
            1,
            0,
            List.of(new Label("a", null), new Label("b", null)));

    /** The first label is ahead by {@value #GAP}. */
    private static float[] trained(TokenBatch batch) {
        float[] logits = new float[2 * batch.windows()];
        for (int window = 0; window < batch.windows(); window++) {
            logits[2 * window] = batch.tokenCount(window) + GAP;
            logits[2 * window + 1] = batch.tokenCount(window);
        }
        return logits;
    }

    /** A runtime whose first label is off by an amount, in every n-th window. */
    private static WindowScorer off(float difference, int every) {
        return new WindowScorer() {
            @Override
            public float[] score(TokenBatch batch) {
                float[] logits = trained(batch);
                for (int window = 0; window < batch.windows(); window += every) {
                    logits[2 * window] += difference;
                }
                return logits;
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void aDifferenceThatFp16MayShowIsTooMuchForFp32() {
        ParityCheck.Parity parity =
                ParityCheck.require(CONTRACT, ParityCheckTest::trained, off(0.01f, 1), Precision.FP16);
        assertThat(parity.worst()).isBetween(0.009f, 0.011f);
        assertThat(parity.labelAgreement()).isEqualTo(1);
        assertThatThrownBy(() -> ParityCheck.require(CONTRACT, ParityCheckTest::trained, off(0.01f, 1), Precision.FP32))
                .isInstanceOf(ParityException.class)
                .hasMessageContaining("within 1.0E-4");
        assertThatThrownBy(() -> ParityCheck.require(CONTRACT, ParityCheckTest::trained, off(0.06f, 1), Precision.FP16))
                .isInstanceOf(ParityException.class);
    }

    @Test
    void logitsNearEnoughWithOtherLabelsAreRefused() {
        // -0.03 is within fp16's 0.05, yet turns the first label's lead of 0.02 into a lag.
        assertThatThrownBy(
                        () -> ParityCheck.require(CONTRACT, ParityCheckTest::trained, off(-0.03f, 16), Precision.FP16))
                .isInstanceOf(ParityException.class)
                .hasMessage("Expected the trainer's label for 99 % of windows in fp16, got it for 93.8 %");
    }

    @Test
    void notANumberIsRefused() {
        assertThatThrownBy(() ->
                        ParityCheck.require(CONTRACT, ParityCheckTest::trained, off(Float.NaN, 16), Precision.FP16))
                .isInstanceOf(ParityException.class);
    }
}
