package io.kmerflow.cli.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a step found, in lines for people. */
final class CheckSummary {
    private CheckSummary() {}

    /** Lines of a step's result, by the step's name. */
    static List<String> lines(String step, JsonNode result) {
        List<String> lines = new ArrayList<>();
        String kind = step.contains("-") ? step.substring(0, step.indexOf('-')) : step;
        switch (kind) {
            case "device" -> device(result, lines);
            case "provider" ->
                result.fields()
                        .forEachRemaining(model -> lines.add(String.format(
                                Locale.ROOT,
                                "%s: nodes by provider %s",
                                model.getKey(),
                                model.getValue().path("nodes"))));
            case "agreement" ->
                result.forEach(row -> lines.add(String.format(
                        Locale.ROOT,
                        "%s %s: %.1e to the golden logits (%.0e allowed), %.1e to the CPU over %d windows, same label in %.1f %%",
                        row.path("model").asText(),
                        row.path("precision").asText(),
                        row.path("goldenDifference").asDouble(),
                        row.path("tolerance").asDouble(),
                        row.path("cpuDifference").asDouble(),
                        row.path("windows").asInt(),
                        100 * row.path("sameLabelShare").asDouble())));
            case "raw" -> result.forEach(row -> lines.add(raw(row)));
            case "job", "cpu" -> lines.add(job(result));
            case "memory" ->
                lines.add(String.format(
                        Locale.ROOT,
                        "%,.0f windows/s for %.0f s; memory of the device after a tenth, half and all of it: %s MiB%s",
                        result.path("windowsPerSecond").asDouble(),
                        result.path("seconds").asDouble(),
                        rounded(result.path("memoryMib")),
                        busy(result.path("meter"))));
            case "changes" ->
                lines.add(String.format(
                        Locale.ROOT,
                        "%d model changes, %d batches failed; memory of the device after each: %s MiB",
                        result.path("changes").asInt(),
                        result.path("failedBatches").asInt(),
                        rounded(result.path("memoryMib"))));
            case "owner" ->
                lines.add(String.format(
                        Locale.ROOT,
                        "%d of %d batches in flight failed, then %d were scored, %s logits",
                        result.path("failedBatches").asInt(),
                        result.path("inFlight").asInt(),
                        result.path("batchesAfter").asInt(),
                        result.path("sameLogits").asBoolean() ? "the same" : "other"));
            case "training" -> training(result, lines);
            default -> lines.add("done");
        }
        return lines;
    }

    private static void device(JsonNode result, List<String> lines) {
        for (JsonNode gpu : result.path("gpus")) {
            lines.add(String.format(
                    Locale.ROOT,
                    "GPU %d: %s, %.0f GiB, %d multiprocessors, compute capability %s",
                    gpu.path("index").asInt(),
                    gpu.path("name").asText(),
                    gpu.path("memoryBytes").asDouble() / (1L << 30),
                    gpu.path("multiprocessors").asInt(),
                    gpu.path("computeCapability").asText()));
        }
        if (result.hasNonNull("missing")) {
            lines.add("GPU not usable: " + result.path("missing").asText());
        }
        lines.add(String.format(
                Locale.ROOT,
                "driver for CUDA %s; %d cores; ONNX Runtime %s; Java %s",
                result.path("cudaVersion").asText("(none)"),
                result.path("cores").asInt(),
                result.path("onnxRuntime").asText(),
                result.path("java").asText()));
    }

    private static String raw(JsonNode row) {
        String roofline = row.hasNonNull("ofRoofline")
                ? String.format(
                        Locale.ROOT,
                        ", %.0f %% of the roofline %,.0f",
                        100 * row.path("ofRoofline").asDouble(),
                        row.path("rooflineWindowsPerSecond").asDouble())
                : "";
        return String.format(
                Locale.ROOT,
                "%s, %d tokens: %,.1f windows/s (windows in a call x callers: %s)%s, %.1f TFLOP/s%s",
                row.path("model").asText(),
                row.path("tokens").asInt(),
                row.path("windowsPerSecond").asDouble(),
                row.path("best").asText(),
                roofline,
                row.path("teraflops").asDouble(),
                busy(row.path("meter")));
    }

    private static String job(JsonNode result) {
        return String.format(
                Locale.ROOT,
                "%s %s: %,.1f windows/s end to end, %,.1f alone, ratio %.2f (%d subtasks, up to %d windows in a call)%s",
                result.path("model").asText(),
                result.path("precision").asText(),
                result.path("jobWindowsPerSecond").asDouble(),
                result.path("rawWindowsPerSecond").asDouble(),
                result.path("ratioToRaw").asDouble(),
                result.path("parallelism").asInt(),
                result.path("batchWindows").asInt(),
                busy(result.path("meter")));
    }

    private static void training(JsonNode result, List<String> lines) {
        if (!result.has("training")) {
            result.forEach(size -> lines.add(trained(size)));
            return;
        }
        JsonNode comparison = result.path("comparison");
        lines.add(trained(result.path("training"))
                + String.format(
                        Locale.ROOT,
                        "; losses beside the CPU's over %d steps: %.1e at the first, %.1e up to the 10th, %.1e at the end, %s",
                        comparison.path("steps").asInt(),
                        comparison.path("first").asDouble(),
                        comparison.path("early").asDouble(),
                        comparison.path("late").asDouble(),
                        result.path("holds").asBoolean() ? "within bounds" : "BEYOND THE BOUNDS"));
        if (result.has("largeBatches")) {
            lines.add("large batches: " + trained(result.path("largeBatches")));
        }
    }

    private static String trained(JsonNode result) {
        JsonNode resume = result.path("resume");
        return String.format(
                Locale.ROOT,
                "%s on %s: %d steps, %.1f ms a step, %,.0f tokens/s, loss %.3f to %.3f%s",
                result.path("size").asText(),
                result.path("device").asText(),
                result.path("steps").asInt(),
                result.path("medianStepMillis").asDouble(),
                result.path("tokensPerSecond").asDouble(),
                result.path("losses").path(0).asDouble(),
                result.path("losses").path(result.path("losses").size() - 1).asDouble(),
                resume.isObject()
                        ? String.format(
                                Locale.ROOT,
                                ", resumed within %.1e",
                                resume.path("largestDifference").asDouble())
                        : "");
    }

    private static String busy(JsonNode meter) {
        return meter.isObject()
                ? String.format(
                        Locale.ROOT,
                        "; GPU busy %.0f %%, %.0f W",
                        meter.path("meanBusyPercent").asDouble(),
                        meter.path("meanWatts").asDouble())
                : "";
    }

    private static String rounded(JsonNode numbers) {
        List<String> texts = new ArrayList<>();
        numbers.forEach(number -> texts.add(String.format(Locale.ROOT, "%.0f", number.asDouble())));
        return String.join(" ", texts);
    }
}
