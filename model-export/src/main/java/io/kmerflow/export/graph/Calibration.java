package io.kmerflow.export.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.kmerflow.bundle.Precision;
import io.kmerflow.scoring.TokenTensors;
import io.kmerflow.token.TokenBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds what goes into every product of an encoder's layers, by running it in fp32 on windows. */
public final class Calibration {
    private static final String LEAST = EncoderGraph.least("");

    private Calibration() {}

    /**
     * Least and largest input of each product, over all windows.
     *
     * @param windows at least one batch, best without padding, which would count too
     * @return by the name of the product's weight, as {@link EncoderGraph} takes it
     * @throws IllegalStateException if ONNX Runtime does not run the graph
     */
    public static Map<String, ActivationRange> of(
            Map<String, float[]> weights, EncoderGraph.Sizes sizes, List<TokenBatch> windows) {
        byte[] graph =
                new EncoderGraph(weights, sizes, GraphStyle.STANDARD, Precision.FP32, Map.of()).toBytesWithRanges();
        Map<String, ActivationRange> ranges = new HashMap<>();
        try (OrtSession session = TokenTensors.environment().createSession(graph)) {
            for (TokenBatch batch : windows) {
                add(session, batch, ranges);
            }
        } catch (OrtException e) {
            throw new IllegalStateException("Could not run the encoder to calibrate it: " + e.getMessage(), e);
        }
        return ranges;
    }

    private static void add(OrtSession session, TokenBatch batch, Map<String, ActivationRange> ranges)
            throws OrtException {
        Map<String, OnnxTensor> inputs = TokenTensors.of(batch);
        try (OrtSession.Result result = session.run(inputs)) {
            for (String name : session.getOutputNames()) {
                if (name.endsWith(LEAST)) {
                    String weight = name.substring(0, name.length() - LEAST.length());
                    float least = (float) result.get(name).orElseThrow().getValue();
                    float largest = (float) result.get(EncoderGraph.largest(weight))
                            .orElseThrow()
                            .getValue();
                    ActivationRange seen = new ActivationRange(Math.min(0, least), Math.max(0, largest));
                    ranges.merge(weight, seen, ActivationRange::with);
                }
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }
}
