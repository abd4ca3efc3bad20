package io.kmerflow.export;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import java.util.Locale;

/** A first model card: what the model is fed and says. What it is for and how well it does, its maker must write. */
final class ModelCard {
    private ModelCard() {}

    static String of(ModelExporter.Request request, Classifier classifier) {
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
                "%nA call needs a score of at least %.3f. What made it: provenance.json. Measured accuracy: not stated.%n",
                contract.threshold()));
        return card.toString();
    }
}
