package io.kmerflow.pretraining.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class AdamWTest {
    @Test
    void twentyStepsEqualPyTorchsOwn() throws IOException {
        JsonNode reference = new ObjectMapper().readTree(AdamWTest.class.getResource("adamw-reference.json"));
        try (TorchSession session = TorchSession.open("cpu", 1)) {
            NDArray weights = session.manager().create(floats(reference.get("start")));
            AdamW optimizer = new AdamW(session.manager(), weights, 3, new AdamW.Settings(0.9, 0.98, 1e-6, 0.05));
            for (int step = 0; step < reference.get("after").size(); step++) {
                float[] gradient = new float[5];
                for (int j = 0; j < 5; j++) {
                    gradient[j] =
                            (float) (reference.get("scale").get(j).asDouble() * Math.sin(1 + 0.9 * step + 2.1 * j));
                }
                optimizer.update(session.manager().create(gradient), 1e-2);
                assertThat(weights.toFloatArray())
                        .as("step %d", step)
                        .containsExactly(floats(reference.get("after").get(step)), within(2e-6f));
            }
        }
    }

    private static float[] floats(JsonNode node) {
        float[] values = new float[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) node.get(i).asDouble();
        }
        return values;
    }
}
