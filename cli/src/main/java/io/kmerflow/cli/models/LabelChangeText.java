package io.kmerflow.cli.models;

import io.kmerflow.schema.ModelEvent;
import java.util.List;
import java.util.Optional;

/** Labels that came and went with a model, as text. */
public final class LabelChangeText {
    private LabelChangeText() {}

    /** For an answer of a job; empty where no label changed. */
    public static Optional<String> of(ModelEvent event) {
        return of(event.getAddedLabels(), event.getRemovedLabels());
    }

    /** For two lists of labels; empty where both are. */
    public static Optional<String> of(List<String> added, List<String> removed) {
        if (added.isEmpty() && removed.isEmpty()) {
            return Optional.empty();
        }
        String text = added.isEmpty() ? "" : "labels added: " + String.join(", ", added);
        return Optional.of(
                removed.isEmpty()
                        ? text
                        : text + (text.isEmpty() ? "" : "; ") + "labels removed: " + String.join(", ", removed));
    }
}
