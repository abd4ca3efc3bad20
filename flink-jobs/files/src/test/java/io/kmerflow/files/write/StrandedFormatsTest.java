package io.kmerflow.files.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.sequence.Strand;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StrandedFormatsTest {
    private static final LabelStrands STRANDS =
            new LabelStrands(Map.of("coding forward", Strand.FORWARD, "coding reverse", Strand.REVERSE));

    private static ReadAnnotation annotation() {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setReadId("r1");
        annotation.setRunId("run");
        annotation.setReadLength(900);
        annotation.setStatus(AnnotationStatus.SCORED);
        annotation.setCalls(List.of(
                new Call("coding reverse", "SO:0000316", 0, 161, 0.75f),
                new Call("coding forward", "SO:0000316", 200, 900, 0.5f),
                new Call("promoter", null, 180, 240, 0.25f)));
        annotation.setModelName("coding");
        annotation.setModelVersion("1");
        annotation.setAnnotationId("ab");
        return annotation;
    }

    @Test
    void gff3HasTheStrandOfTheLabelAndCountsFromOne() {
        assertThat(new Gff3Format(STRANDS).row(annotation()).split("\n"))
                .containsExactly(
                        "r1\tkmerflow\tSO:0000316\t1\t161\t0.750000\t-\t.\tID=ab.1;Name=coding reverse;Ontology_term=SO:0000316;run=run;model=coding 1",
                        "r1\tkmerflow\tSO:0000316\t201\t900\t0.500000\t+\t.\tID=ab.2;Name=coding forward;Ontology_term=SO:0000316;run=run;model=coding 1",
                        "r1\tkmerflow\tregion\t181\t240\t0.250000\t.\t.\tID=ab.3;Name=promoter;run=run;model=coding 1");
    }

    @Test
    void bedHasTheStrandOfTheLabelAndCountsFromZero() {
        assertThat(new BedFormat(STRANDS).row(annotation()).split("\n"))
                .containsExactly(
                        "r1\t0\t161\tcoding reverse\t750\t-\t0.750000",
                        "r1\t200\t900\tcoding forward\t500\t+\t0.500000",
                        "r1\t180\t240\tpromoter\t250\t.\t0.250000");
    }
}
