package io.kmerflow.cli.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.SourceTree;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelScopeTest {
    private static final ModelBundle SPECIES = ModelBundle.read(SourceTree.ROOT.resolve("models/species-2.1"));
    private static final Label HUMAN = new Label("Homo sapiens", "NCBITaxon:9606", false);
    private static final Label OTHER = new Label("other organism", null, true);

    private static String sentence(Aggregation aggregation, List<Label> labels) {
        ModelContract species = SPECIES.contract();
        return ModelScope.sentence(
                "m 1",
                new ModelContract(
                        species.k(),
                        species.tokenStride(),
                        species.vocabularyHash(),
                        species.maxTokens(),
                        species.windowBases(),
                        species.windowStrideBases(),
                        species.minReadBases(),
                        species.minMeanQuality(),
                        species.strand(),
                        aggregation,
                        species.temperature(),
                        species.threshold(),
                        labels));
    }

    @Test
    void bundledModelNamesItsSpecies() {
        assertThat(ModelScope.sentence(SPECIES))
                .startsWith("species 2.1 knows only Escherichia coli, ")
                .contains("Homo sapiens")
                .endsWith("Reads of other organisms are outside it, and may still get one of these labels.");
    }

    @Test
    void readsThatAreMostlyTooShortAreSaidInOneSentence() {
        assertThat(ModelScope.tooShort(SPECIES.contract(), 100, 50)).isEmpty();
        assertThat(ModelScope.tooShort(SPECIES.contract(), 0, 0)).isEmpty();
        assertThat(ModelScope.tooShort(SPECIES.contract(), 1_000, 900))
                .startsWith("warning: 900 of 1,000 reads are shorter than the "
                        + SPECIES.contract().minReadBases() + " bases")
                .hasLineCount(1);
    }

    @Test
    void backgroundLabelIsNotAmongTheCalledOnes() {
        assertThat(sentence(Aggregation.READ, List.of(HUMAN, OTHER)))
                .isEqualTo(
                        "m 1 knows only Homo sapiens. Reads of other organisms are outside it: most long ones are left uncalled, some get one of these labels.");
    }

    @Test
    void segmentsSayNothingOfCallsPerRead() {
        assertThat(sentence(Aggregation.SEGMENTS, List.of(new Label("promoter", "SO:0000167", false), OTHER)))
                .isEqualTo("m 1 knows only promoter. Organisms that it was not trained on are outside it.");
    }

    @Test
    void longListIsCut() {
        List<Label> many = IntStream.range(0, 40)
                .mapToObj(i -> new Label("label" + i, null, false))
                .toList();

        assertThat(sentence(Aggregation.READ, many))
                .startsWith("m 1 knows only 40 labels: label0, ")
                .contains("label11 and others.")
                .doesNotContain("label12");
    }
}
