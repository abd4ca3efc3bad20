package io.kmerflow.pretraining.trainer;

/**
 * Linear from 0 to the peak, then linear to 0 at the last step.
 *
 * @param peak highest rate
 * @param warmUpSteps steps until the peak
 * @param totalSteps steps until 0
 */
public record LearningRateSchedule(double peak, long warmUpSteps, long totalSteps) {
    /** Rate of a step, from 0. Step 0 of a warm-up of 200 has 1/200 of the peak, so that no step is wasted at rate 0. */
    public double rate(long step) {
        if (step < warmUpSteps) {
            return peak * (step + 1) / warmUpSteps;
        }
        if (step >= totalSteps) {
            return 0;
        }
        return peak * (totalSteps - step) / Math.max(1, totalSteps - warmUpSteps);
    }
}
