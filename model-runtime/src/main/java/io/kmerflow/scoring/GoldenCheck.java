package io.kmerflow.scoring;

import io.kmerflow.bundle.BundleException;
import io.kmerflow.bundle.GoldenRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import java.util.List;
import java.util.Locale;

/** Compares a loaded model with the logits its trainer gave: the last gate before a bundle serves. */
public final class GoldenCheck {
    private GoldenCheck() {}

    /**
     * Scores every golden read.
     *
     * @return largest absolute difference of a logit
     * @throws BundleException if it is over what the bundle's precision may show, or a golden read cannot be scored
     */
    public static float require(ModelBundle bundle, WindowScorer scorer) {
        return require(
                bundle.name() + " " + bundle.version(),
                bundle.golden(),
                bundle.contract(),
                bundle.logitTolerance(),
                scorer);
    }

    /**
     * The same of a model that is no bundle yet.
     *
     * @param name of the model, for messages
     * @param tolerance largest difference of a logit that it may show
     */
    public static float require(
            String name, List<GoldenRead> golden, ModelContract contract, float tolerance, WindowScorer scorer) {
        float worst = 0;
        for (GoldenRead read : golden) {
            float[] logits;
            try {
                logits = scorer.score(read.batch(contract));
            } catch (ScoringException e) {
                throw new BundleException(
                        String.format(Locale.ROOT, "Could not score a golden read of %s: %s", name, e.getMessage()), e);
            }
            int labels = contract.labels().size();
            if (logits.length != labels) {
                throw new BundleException(String.format(
                        Locale.ROOT,
                        "Expected %d logits, one per label, of the graph of %s, got %d",
                        labels,
                        name,
                        logits.length));
            }
            for (int label = 0; label < labels; label++) {
                float difference = Math.abs(logits[label] - read.logits()[label]);
                if (!(difference <= tolerance)) { // so that NaN is refused too
                    throw new BundleException(String.format(
                            Locale.ROOT,
                            "Expected the trainer's golden logits within %s, got a difference of %.2e for label %s of %s",
                            tolerance,
                            difference,
                            contract.labels().get(label).name(),
                            name));
                }
                worst = Math.max(worst, difference);
            }
        }
        return worst;
    }
}
