package io.kmerflow.pretraining.study;

/**
 * How good predictions of single bases are.
 *
 * @param all over all bases
 * @param unique over those whose surroundings occur once in the genomes
 * @param repeat over the others
 */
record BaseScores(Part all, Part unique, Part repeat) {
    /**
     * Some bases.
     *
     * @param bases how many
     * @param loss mean, nats per base; null without bases
     * @param accuracy 0 to 1; null without bases
     */
    record Part(int bases, Double loss, Double accuracy) {}

    static BaseScores of(double[][] predictions, int[] truth, boolean[] repeats) {
        return new BaseScores(
                part(predictions, truth, repeats, true, true),
                part(predictions, truth, repeats, true, false),
                part(predictions, truth, repeats, false, true));
    }

    private static Part part(double[][] predictions, int[] truth, boolean[] repeats, boolean unique, boolean repeat) {
        double loss = 0;
        int right = 0;
        int bases = 0;
        for (int i = 0; i < truth.length; i++) {
            if (repeats[i] ? repeat : unique) {
                bases++;
                loss -= Math.log(Math.max(predictions[i][truth[i]], 1e-12));
                int best = 0;
                for (int digit = 1; digit < 4; digit++) {
                    best = predictions[i][digit] > predictions[i][best] ? digit : best;
                }
                right += best == truth[i] ? 1 : 0;
            }
        }
        return bases == 0 ? new Part(0, null, null) : new Part(bases, loss / bases, (double) right / bases);
    }
}
