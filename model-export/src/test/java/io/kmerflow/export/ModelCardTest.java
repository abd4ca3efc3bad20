package io.kmerflow.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.export.graph.GraphStyle;
import io.kmerflow.export.parity.ParityCheck;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelCardTest {
    private static final ModelExporter.Request REQUEST = new ModelExporter.Request(
            "mine", "1", GraphStyle.STANDARD, Precision.FP32, null, null, Map.of(), null, null);

    private static String card(Map<String, Object> metrics) throws Exception {
        Classifier species = Classifier.of(ModelBundle.read(Path.of("../models/species-2.1")));
        Map<String, Object> provenance = new LinkedHashMap<>(species.provenance());
        provenance.remove("metrics");
        if (metrics != null) {
            provenance.put("metrics", metrics);
        }
        Classifier classifier = new Classifier(
                species.weights(), species.sizes(), species.contract(), species.golden(), provenance, species.origin());
        return ModelCard.of(REQUEST, classifier, new ParityCheck.Parity(0.000015f, 1));
    }

    private static Map<String, Object> split(int examples, double accuracy, double recall, String mcc) {
        Map<String, Object> split = new LinkedHashMap<>();
        split.put("examples", examples);
        split.put("loss", 0.5);
        split.put("accuracy", accuracy);
        split.put(mcc, -0.25);
        split.put("recall", new LinkedHashMap<>(Map.of("Homo sapiens", recall)));
        return split;
    }

    @Test
    void figuresOfTheTrainerAreOnTheCard() throws Exception {
        String card = card(new LinkedHashMap<>(Map.of(
                "validation",
                split(1_200, 0.75, 0.5, "mcc"),
                "test",
                split(40, 0.5, 0.125, "mcc"),
                "accuracyAtMinReadBases",
                0.625,
                "windowBases",
                150)));
        assertThat(card)
                .contains("| validation | 1,200 | 0.750 | 0.000 | 0.000 | -0.250 | 0.000 |")
                .contains("| test | 40 | 0.500 |")
                .contains("| recall of | validation | test |")
                .contains("| Homo sapiens | 0.500 | 0.125 |")
                .contains("cut to the shortest read: 0.625.")
                .contains("at most 1.5e-05 from the trainer's on random windows, of which 100.0 % have")
                .doesNotContain("not stated", "long reads");
    }

    @Test
    void figuresOfAnOlderTrainerAreReadByTheirOldNames() throws Exception {
        assertThat(card(Map.of("validation", split(8, 0.5, 0.5, "matthewsCorrelation"))))
                .contains("| validation | 8 | 0.500 | 0.000 | 0.000 | -0.250 |");
        ModelBundle bundled = ModelBundle.read(Path.of("../models/species-2.1"));
        assertThat(ModelCard.of(REQUEST, Classifier.of(bundled), new ParityCheck.Parity(0, 1)))
                .as("as the bundled model was trained")
                .contains(String.format(Locale.ROOT, "| %.3f |", 0.7574528294534666))
                .contains(List.of("| Homo sapiens |", "| Escherichia coli |"));
    }

    @Test
    void modelWithoutFiguresSaysSo() throws Exception {
        assertThat(card(null)).contains("Measured accuracy: not stated.").doesNotContain("## Measured");
    }
}
