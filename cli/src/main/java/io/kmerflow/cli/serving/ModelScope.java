package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import java.util.List;
import java.util.Locale;

/** What a model can call, in one line beside its results: whoever reads them may not have read its card. */
final class ModelScope {
    private static final int NAMED_LABELS = 12;

    private ModelScope() {}

    /** The labels that the model calls, and what becomes of reads of other organisms. */
    static String sentence(ModelBundle model) {
        return sentence(model.name() + " " + model.version(), model.contract());
    }

    static String sentence(String model, ModelContract contract) {
        return String.format(Locale.ROOT, "%s knows %s. %s", model, labels(contract), others(contract));
    }

    /**
     * What to say where most reads are shorter than the model calls; empty where they are not.
     *
     * @param tooShort of the reads
     */
    static String tooShort(ModelContract contract, long reads, long tooShort) {
        return 2 * tooShort <= reads
                ? ""
                : String.format(
                        Locale.ROOT,
                        "warning: %,d of %,d reads are shorter than the %d bases that this model asks for and were not scored; "
                                + "a model for shorter reads is trained with finetune --min-read-bases.",
                        tooShort,
                        reads,
                        contract.minReadBases());
    }

    private static String labels(ModelContract contract) {
        List<String> called = contract.labels().stream()
                .filter(label -> !label.background())
                .map(Label::name)
                .toList();
        String named = String.join(", ", called.subList(0, Math.min(NAMED_LABELS, called.size())));
        return called.size() <= NAMED_LABELS
                ? "only " + named
                : String.format(Locale.ROOT, "only %d labels: %s and others", called.size(), named);
    }

    private static String others(ModelContract contract) {
        if (contract.aggregation() != ModelContract.Aggregation.READ) {
            return "Organisms that it was not trained on are outside it.";
        }
        return contract.labels().stream().anyMatch(Label::background)
                ? "Reads of other organisms are outside it: most long ones are left uncalled, some get one of these labels."
                : "Reads of other organisms are outside it, and may still get one of these labels.";
    }
}
