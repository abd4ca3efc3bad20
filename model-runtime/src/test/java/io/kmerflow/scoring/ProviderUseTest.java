package io.kmerflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.bundle.BundleException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** From profiles as ONNX Runtime writes them; a real one of a CPU is in model-export's tests, where there are graphs. */
class ProviderUseTest {
    private static final String SESSION = "{\"cat\": \"Session\", \"name\": \"model_run\", \"dur\": 900, \"args\": {}}";
    private static final String FENCE =
            "{\"cat\": \"Node\", \"name\": \"a_fence_before\", \"args\": {\"op_name\": \"MatMul\"}}";

    private static String node(String operator, String provider, String type) {
        return String.format(Locale.ROOT, """
                {"cat": "Node", "name": "n_kernel_time", "dur": 12, "args": {"op_name": "%s", "provider": "%s",
                 "output_type_shape": [{"%s": [2, 40]}]}}""", operator, provider, type);
    }

    private static ProviderUse use(String... events) throws Exception {
        JsonNode profile = new ObjectMapper().readTree("[" + String.join(",", List.of(events)) + "]");
        return ProviderUse.of(profile);
    }

    @Test
    void shapesAndIntegersMayBeWorkedOutOnTheCpu() throws Exception {
        ProviderUse use = use(
                SESSION,
                FENCE,
                node("Shape", "CPUExecutionProvider", "int64"),
                node("MatMul", "CUDAExecutionProvider", "float16"),
                node("MatMul", "CUDAExecutionProvider", "float16"));

        assertThat(use.nodes()).hasSize(2).containsEntry("CUDAExecutionProvider", 2);
        assertThatCode(use::requireGpu).doesNotThrowAnyException();
    }

    @Test
    void floatingPointOnTheCpuIsRefusedByName() throws Exception {
        ProviderUse use = use(
                node("MatMul", "CUDAExecutionProvider", "float"),
                node("Gelu", "CPUExecutionProvider", "float"),
                node("Softmax", "CPUExecutionProvider", "float16"));

        assertThatThrownBy(use::requireGpu)
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("no CUDA kernel for Gelu, Softmax");
    }

    @Test
    void aSessionThatFellBackToTheCpuIsRefused() throws Exception {
        ProviderUse use = use(node("Shape", "CPUExecutionProvider", "int64"));

        assertThatThrownBy(use::requireGpu)
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("{CPUExecutionProvider=1}");
        assertThatThrownBy(use()::requireGpu).isInstanceOf(BundleException.class);
    }
}
