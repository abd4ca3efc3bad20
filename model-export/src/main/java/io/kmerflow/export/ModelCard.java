package io.kmerflow.export;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.export.parity.ParityCheck;
import java.util.Locale;
import java.util.Map;

/** A first model card: what the model is fed and says, and what its trainer measured. What it is for its maker must write. */
final class ModelCard {
    private ModelCard() {}

    static String of(ModelExporter.Request request, Classifier classifier, ParityCheck.Parity parity) {
        ModelContract contract = classifier.contract();
        StringBuilder card = new StringBuilder();
        card.append(String.format(Locale.ROOT, "# %s %s%n%n", request.name(), request.version()));
        card.append(String.format(
                Locale.ROOT,
                "%d-mers at stride %d, windows of %d bases every %d, reads of %d bases or more; %s.%n%n",
                contract.k(),
                contract.tokenStride(),
                contract.windowBases(),
                contract.windowStrideBases(),
                contract.minReadBases(),
                request.precision()));
        card.append(String.format(Locale.ROOT, "| label | ontology id |%n|---|---|%n"));
        for (Label label : contract.labels()) {
            card.append(String.format(
                    Locale.ROOT, "| %s | %s |%n", label.name(), label.ontologyId() == null ? "-" : label.ontologyId()));
        }
        card.append(String.format(
                Locale.ROOT,
                "%nA call needs a score of at least %.3f. What made it: provenance.json.%n",
                contract.threshold()));
        figures(card, MeasuredFigures.of(classifier.provenance()), parity);
        return card.toString();
    }

    private static void figures(StringBuilder card, MeasuredFigures measured, ParityCheck.Parity parity) {
        Map<String, MeasuredFigures.Split> splits = measured.splits();
        if (splits.isEmpty()) {
            card.append(String.format(Locale.ROOT, "%nMeasured accuracy: not stated.%n"));
            return;
        }
        card.append(String.format(
                Locale.ROOT,
                "%n## Measured%n%n| split | sequences | accuracy | balanced accuracy | macro F1 | MCC | AUC |%n"
                        + "|---|---|---|---|---|---|---|%n"));
        splits.forEach((name, split) -> card.append(String.format(
                Locale.ROOT,
                "| %s | %,d | %.3f | %.3f | %.3f | %.3f | %.3f |%n",
                name,
                split.examples(),
                split.accuracy(),
                split.balancedAccuracy(),
                split.macroF1(),
                split.mcc(),
                split.auc())));
        card.append(String.format(
                Locale.ROOT,
                "%n| recall of | %s |%n|---|%s%n",
                String.join(" | ", splits.keySet()),
                "---|".repeat(splits.size())));
        MeasuredFigures.Split first = splits.values().iterator().next();
        first.recall().keySet().forEach(label -> {
            card.append("| ").append(label);
            splits.values()
                    .forEach(split -> card.append(
                            String.format(Locale.ROOT, " | %.3f", split.recall().getOrDefault(label, Double.NaN))));
            card.append(String.format(Locale.ROOT, " |%n"));
        });
        if (measured.accuracyAtMinReadBases() != null) {
            card.append(String.format(
                    Locale.ROOT,
                    "%nAccuracy on validation sequences cut to the shortest read: %.3f.%n",
                    measured.accuracyAtMinReadBases()));
        }
        card.append(String.format(
                Locale.ROOT,
                "%nBy the trainer, of the best label whatever its score; validation chose the weights, so its figures are a little too"
                        + " good. A logit of this bundle differs by at most %.2g from the trainer's on random windows, of which"
                        + " %.1f %% have the same label. `kmerflow evaluate sequences --bundle DIR --csv FILE` measures the bundle"
                        + " itself.%n",
                parity.worst(),
                100 * parity.labelAgreement()));
    }
}
