package io.kmerflow.cli.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What annotations say where no truth is needed: how many reads get a label, and whether two runs agree. */
@Command(
        name = "calls",
        description = {
            "Compares the calls of several files of annotations.",
            "For each file of annotations (JSON Lines of 'annotate'): the share of its reads with a "
                    + "call, the labels called, and the share of reads whose best label is the same as in the "
                    + "first file. Compares two models, the two strands of the same reads, or organisms that a "
                    + "model does not know. Annotate with --threshold 0 to compare best labels."
        },
        footer = "kmerflow evaluate calls old-model.jsonl new-model.jsonl",
        mixinStandardHelpOptions = true)
public final class EvaluateCallsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Annotations as JSON Lines.")
    private List<Path> files;

    @Option(
            names = "--min-score",
            paramLabel = "P",
            defaultValue = "0",
            description = "Count calls with a lower score as uncalled, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double minScore;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
        Map<TrueOrigin.Key, String> first = null;
        for (Path file : files) {
            Map<TrueOrigin.Key, String> best = new HashMap<>();
            Map<String, Object> row = count(file, best);
            if (first == null) {
                first = best;
            } else {
                addAgreement(first, best, row);
            }
            rows.put(file.getFileName().toString(), row);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMappers.COMPACT.writerWithDefaultPrettyPrinter().writeValueAsString(rows));
        } else {
            rows.forEach((file, row) -> {
                out.println(file);
                row.forEach((name, value) -> out.printf(Locale.ROOT, "  %-22s %s%n", name, value));
            });
        }
        return ExitCode.FINE;
    }

    private Map<String, Object> count(Path file, Map<TrueOrigin.Key, String> best) {
        long reads = 0;
        long called = 0;
        Map<String, Long> labels = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode row = JsonMappers.COMPACT.readTree(line);
                JsonNode call = row.path("readCall");
                String label = call.path("label").textValue();
                reads++;
                if (label != null) {
                    best.put(
                            new TrueOrigin.Key(
                                    row.path("readId").asText(),
                                    row.path("mate").asInt()),
                            label);
                    if (call.path("score").asDouble() >= minScore) {
                        called++;
                        labels.merge(label, 1L, Long::sum);
                    }
                }
            }
        } catch (IOException e) {
            throw new CommandFailure(String.format(Locale.ROOT, "Could not read %s: %s", file, e.getMessage()), e);
        }
        if (reads == 0) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected annotations as JSON Lines in %s, got none", file));
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("reads", reads);
        row.put("called", called);
        row.put("calledShare", (double) called / reads);
        row.put("labels", labels);
        return row;
    }

    private static void addAgreement(
            Map<TrueOrigin.Key, String> first, Map<TrueOrigin.Key, String> other, Map<String, Object> row) {
        long both = 0;
        long same = 0;
        for (Map.Entry<TrueOrigin.Key, String> entry : other.entrySet()) {
            String label = first.get(entry.getKey());
            if (label != null) {
                both++;
                same += label.equals(entry.getValue()) ? 1 : 0;
            }
        }
        row.put("readsInFirstToo", both);
        row.put("sameLabelAsFirst", both == 0 ? Double.NaN : (double) same / both);
    }
}
