package io.kmerflow.export.graph;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxGraphTest {
    private static OnnxGraph withChoice() {
        OnnxGraph graph = new OnnxGraph("test");
        String ids = graph.int64Input("ids", "windows");
        String whole = graph.node("whole", OnnxOperator.CAST, Map.of("to", 1L), ids);
        String condition = graph.node("condition", OnnxOperator.CAST, Map.of("to", 9L), ids);
        graph.choice(
                "chosen",
                condition,
                OnnxGraph.Number.FLOAT,
                then -> then.node("doubled", OnnxOperator.ADD, whole, whole),
                otherwise -> otherwise.node("squared", OnnxOperator.MUL, whole, whole));
        return graph;
    }

    @Test
    void namesOfABranchAreUnknownOutsideIt() {
        OnnxGraph graph = withChoice();
        assertThatThrownBy(() -> graph.node("sum", OnnxOperator.ADD, "whole", "doubled"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected an existing name in the graph, got 'doubled'");
        graph.node("sum", OnnxOperator.ADD, "whole", "chosen");
    }

    @Test
    void namesOfABranchAreTakenOutsideItToo() {
        OnnxGraph graph = withChoice();
        assertThatThrownBy(() -> graph.node("squared", OnnxOperator.MUL, "whole", "whole"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Expected a new name in the graph, 'squared' exists");
    }
}
