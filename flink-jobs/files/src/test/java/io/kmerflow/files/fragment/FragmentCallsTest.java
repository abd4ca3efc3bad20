package io.kmerflow.files.fragment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.UncalledReason;
import io.kmerflow.token.Vocabulary;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class FragmentCallsTest {
    private static final ModelContract CONTRACT = new ModelContract(
            3,
            1,
            new Vocabulary(3).hash(),
            64,
            20,
            10,
            8,
            0,
            ModelContract.StrandRule.UNSTRANDED,
            ModelContract.Aggregation.READ,
            1,
            0.5,
            List.of(new Label("one", "NCBITaxon:1"), new Label("other", null, true)));

    private static ReadAnnotation mate(String id, float one) {
        ReadAnnotation mate = new ReadAnnotation();
        mate.setAnnotationId(id);
        mate.setReadLength(100);
        mate.setStatus(AnnotationStatus.SCORED);
        mate.setReadCall(new ReadCall("one", one));
        mate.setCalls(List.of());
        mate.setLabelScores(List.of(one, 1 - one));
        return mate;
    }

    /** As the operator does that carries it to a task manager. */
    private static FragmentCalls travelled() throws Exception {
        return InstantiationUtil.clone(new FragmentCalls(CONTRACT, 0.5));
    }

    @Test
    void matesShareTheCallOfBoth() throws Exception {
        ReadAnnotation first = mate("a", 0.6f);
        ReadAnnotation second = mate("b", 0.8f);
        travelled().combine(first, second);
        assertThat(first.getReadCall().getLabel()).isEqualTo("one");
        assertThat(first.getReadCall().getScore()).isBetween(0.85f, 0.86f); // 0.48 to 0.08
        assertThat(first.getReadCall()).isEqualTo(second.getReadCall());
        assertThat(first.getCalls().get(0).getOntologyId()).isEqualTo("NCBITaxon:1");
        assertThat(first.getMateCall().getScore()).isEqualTo(0.6f);
        assertThat(first.getUncalledReason()).isNull();
    }

    @Test
    void fragmentWhoseBestLabelIsBackgroundIsNotCalled() throws Exception {
        ReadAnnotation first = mate("a", 0.6f);
        ReadAnnotation second = mate("b", 0.1f);
        travelled().combine(first, second);
        assertThat(first.getStatus()).isEqualTo(AnnotationStatus.UNCALLED);
        assertThat(first.getUncalledReason()).isEqualTo(UncalledReason.OTHER);
        assertThat(second.getReadCall().getLabel()).isNull();
        assertThat(second.getCalls()).isEmpty();
    }
}
