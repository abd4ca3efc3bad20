package io.kmerflow.export;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;

/** A first model card: what the model is fed and says. What it is for and how well it does, its maker must write. */
final class ModelCard {
    private ModelCard() {}

    static String of(ModelExporter.Request request, Classifier classifier) {
        ModelContract contract = classifier.contract();
        StringBuilder card = new StringBuilder();
        card.append("# %s %s%n%n".formatted(request.name(), request.version()));
        card.append("%d-mers at stride %d, windows of %d bases every %d, reads of %d bases or more; %s.%n%n"
                .formatted(
                        contract.k(),
                        contract.tokenStride(),
                        contract.windowBases(),
                        contract.windowStrideBases(),
                        contract.minReadBases(),
                        request.precision()));
        card.append("| label | ontology id |%n|---|---|%n".formatted());
        for (Label label : contract.labels()) {
            card.append("| %s | %s |%n".formatted(label.name(), label.ontologyId() == null ? "-" : label.ontologyId()));
        }
        card.append(
                "%nA call needs a score of at least %.3f. What made it: provenance.json. Measured accuracy: not stated.%n"
                        .formatted(contract.threshold()));
        return card.toString();
    }
}
