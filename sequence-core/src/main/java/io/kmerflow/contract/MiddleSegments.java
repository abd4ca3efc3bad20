package io.kmerflow.contract;

import io.kmerflow.contract.ReadScores.Segment;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.ReadWindower;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls stretches of bases where each window's score is that of its middle base, index n / 2 of n, as {@code finetune} labels windows of
 * annotated genomes. Between two middles probabilities lie on a line, before the first and behind the last they stay. A base is
 * called with its most likely label if that is no background and reaches the threshold; neighbouring bases of one label are a
 * segment, whose score is the mean probability of its bases. A window without weight counts as background. With a {@link SegmentChain}
 * the probabilities are those given all windows of the read.
 *
 * <p>With windows of 240 bases every 80, middles at 120 and 200 with probabilities 0.9 and 0.1 and a threshold of 0.5: base 160
 * is the last that is called.
 */
final class MiddleSegments {
    private static final int NOT_CALLED = -1;

    private final ModelContract contract;
    private final ReadWindower windower;
    private final int labels;

    MiddleSegments(ModelContract contract) {
        this.contract = contract;
        this.windower = contract.windower();
        this.labels = contract.labels().size();
    }

    /**
     * @param windows probabilities of each window by label; null for one without weight
     * @return segments in order, not overlapping
     */
    List<Segment> of(float[][] windows, int readBases) {
        return contract.chain() == null
                ? segments(windows, readBases)
                : segments(
                        contract.chain()
                                .given(
                                        windows,
                                        middles(windows.length, readBases),
                                        evidence(windows.length, readBases)),
                        readBases);
    }

    private int[] middles(int windows, int readBases) {
        int[] middles = new int[windows];
        for (int window = 0; window < windows; window++) {
            middles[window] = middle(window, readBases);
        }
        return middles;
    }

    private double evidence(int windows, int readBases) {
        return Math.sqrt((double) readBases / ((long) windows * windower.end(0, readBases)));
    }

    private List<Segment> segments(float[][] windows, int readBases) {
        List<Segment> segments = new ArrayList<>();
        int open = NOT_CALLED;
        int start = 0;
        double sum = 0;
        double[] at = new double[labels];
        int right = 0; // the first window whose middle lies behind the base
        for (int base = 0; base < readBases; base++) {
            while (right < windows.length && middle(right, readBases) <= base) {
                right++;
            }
            interpolate(windows, right, base, readBases, at);
            int best = called(at);
            if (best != open) {
                add(open, start, base, sum, segments);
                open = best;
                start = base;
                sum = 0;
            }
            sum += best == NOT_CALLED ? 0 : at[best];
        }
        add(open, start, readBases, sum, segments);
        return segments;
    }

    private static void add(int label, int start, int end, double sum, List<Segment> segments) {
        if (label != NOT_CALLED) {
            segments.add(new Segment(label, new BaseRange(start, end), (float) (sum / (end - start))));
        }
    }

    private int middle(int window, int readBases) {
        int start = windower.start(window, readBases);
        return start + (windower.end(window, readBases) - start) / 2;
    }

    private void interpolate(float[][] windows, int right, int base, int readBases, double[] at) {
        int before = Math.max(0, right - 1);
        int behind = Math.min(right, windows.length - 1);
        double share = 0;
        if (before < behind) {
            int from = middle(before, readBases);
            share = (double) (base - from) / (middle(behind, readBases) - from);
        }
        for (int label = 0; label < labels; label++) {
            at[label] = (1 - share) * probability(windows[before], label) + share * probability(windows[behind], label);
        }
    }

    private double probability(float[] window, int label) {
        if (window == null) {
            return contract.labels().get(label).background() ? 1 : 0;
        }
        return window[label];
    }

    private int called(double[] at) {
        int best = 0;
        for (int label = 1; label < labels; label++) {
            best = at[label] > at[best] ? label : best;
        }
        boolean calls = !contract.labels().get(best).background() && at[best] >= contract.threshold() && at[best] > 0;
        return calls ? best : NOT_CALLED;
    }
}
