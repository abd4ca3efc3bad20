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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Accuracy of annotations on reads whose origin is known, apart by whether training saw that place. */
@Command(
        name = "reads",
        description = {
            "Compares annotations with the true origins of simulated reads.",
            "Annotations are JSON Lines of 'annotate'. Reads within held-out blocks, reads in "
                    + "regions seen in training, and reads across a border are counted separately. Annotate "
                    + "with --threshold 0 to measure the best label of every read: calibration error and "
                    + "risk-coverage curve need it."
        },
        footer = {"kmerflow evaluate reads --annotations calls.jsonl --truth drawn.tsv --source ecoli=Ecoli"},
        mixinStandardHelpOptions = true)
public final class EvaluateReadsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--annotations", required = true, paramLabel = "FILE", description = "JSON Lines of 'annotate'.")
    private Path annotations;

    @Mixin
    private TruthOptions truth;

    @Option(
            names = "--min-score",
            paramLabel = "P",
            defaultValue = "0",
            description = "Count calls with a lower score as uncalled, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double minScore;

    @Option(
            names = "--length-bins",
            split = ",",
            paramLabel = "BASES",
            defaultValue = "150,2000",
            description =
                    "Read lengths to report apart: the longest of each bin, in bases (default: ${DEFAULT-VALUE}).")
    private int[] lengthBins;

    @Option(
            names = "--identity-bins",
            split = ",",
            paramLabel = "SHARE",
            defaultValue = "0.85,0.9,0.95,0.99",
            description = "Identities to report apart where the truth has a column identity: the highest of each bin, 0"
                    + " to 1 (default: ${DEFAULT-VALUE}).")
    private double[] identityBins;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Map<TrueOrigin.Key, TrueOrigin> origins = truth.origins();
        HeldOutBlocks blocks = truth.heldOut();
        Map<String, Tally> tallies = new LinkedHashMap<>();
        Map<String, Reliability> reliabilities = new LinkedHashMap<>();
        Bins lengths = Bins.ofLengths(lengthBins);
        Bins identities = Bins.ofIdentities(identityBins);
        List<String> places = blocks == null ? List.of("all") : List.of("held-out", "seen", "border");
        for (String place : places) {
            for (String bin : lengths.names()) {
                tallies.put(place + " " + bin, new Tally());
            }
            for (String bin : identities.names()) {
                tallies.put(place + " " + bin, new Tally());
            }
            tallies.put(place + " any length", new Tally());
            reliabilities.put(place + " any length", new Reliability());
        }
        long unknown = 0;
        try (BufferedReader lines = Files.newBufferedReader(annotations)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode row = JsonMappers.COMPACT.readTree(line);
                TrueOrigin origin = origins.get(new TrueOrigin.Key(
                        row.path("readId").asText(), row.path("mate").asInt()));
                if (origin == null) {
                    unknown++;
                    continue;
                }
                String place = blocks == null
                        ? "all"
                        : blocks.place(origin).name().toLowerCase(Locale.ROOT).replace('_', '-');
                String label = truth.label(origin);
                JsonNode call = row.path("readCall");
                double score = call.path("score").asDouble();
                String best = call.path("label").textValue();
                String called = score < minScore ? null : best;
                tallies.get(place + " " + lengths.of(row.path("readLength").asInt()))
                        .add(label, called);
                if (!Double.isNaN(origin.identity())) {
                    tallies.get(place + " " + identities.of(origin.identity())).add(label, called);
                }
                tallies.get(place + " any length").add(label, called);
                if (best != null) {
                    reliabilities.get(place + " any length").add(score, label.equals(best));
                }
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Could not read %s: %s", annotations, e.getMessage()), e);
        }
        tallies.values().removeIf(tally -> tally.reads() == 0);
        if (tallies.isEmpty()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT, "Expected reads of %s in %s, found none of %d", truth.files(), annotations, unknown));
        }
        reliabilities.values().removeIf(Reliability::isEmpty);
        print(tallies, reliabilities, unknown);
        return ExitCode.FINE;
    }

    private void print(Map<String, Tally> tallies, Map<String, Reliability> reliabilities, long unknown)
            throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> rows = new LinkedHashMap<>();
            tallies.forEach((name, tally) -> {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("reads", tally.reads());
                row.put("accuracy", tally.accuracy());
                row.put("balancedAccuracy", tally.balancedAccuracy());
                row.put("calledShare", tally.calledShare());
                row.put("precision", tally.precision());
                row.put("recall", tally.recall());
                if (reliabilities.containsKey(name)) {
                    Reliability reliability = reliabilities.get(name);
                    row.put("expectedCalibrationError", reliability.expectedCalibrationError());
                    row.put("riskCoverage", reliability.riskCoverage());
                }
                rows.put(name, row);
            });
            rows.put("readsWithoutTruth", unknown);
            out.println(JsonMappers.COMPACT.writerWithDefaultPrettyPrinter().writeValueAsString(rows));
            return;
        }
        out.printf(
                Locale.ROOT,
                "%-26s %8s %9s %9s %7s %10s%n",
                "reads",
                "count",
                "accuracy",
                "balanced",
                "called",
                "precision");
        tallies.forEach((name, tally) -> out.printf(
                Locale.ROOT,
                "%-26s %8d %9.4f %9.4f %7.4f %10.4f%n",
                name,
                tally.reads(),
                tally.accuracy(),
                tally.balancedAccuracy(),
                tally.calledShare(),
                tally.precision()));
        tallies.forEach((name, tally) -> {
            out.printf(Locale.ROOT, "%nrecall, %s%n", name);
            tally.recall().forEach((label, recall) -> out.printf(Locale.ROOT, "  %-28s %.4f%n", label, recall));
        });
        reliabilities.forEach((name, reliability) -> {
            out.printf(
                    Locale.ROOT,
                    "%n%s: expected calibration error %.4f%n",
                    name,
                    reliability.expectedCalibrationError());
            out.printf(Locale.ROOT, "  %8s %8s %8s%n", "coverage", "score", "wrong");
            for (Map<String, Double> row : reliability.riskCoverage()) {
                out.printf(
                        Locale.ROOT,
                        "  %8.2f %8.3f %8.4f%n",
                        row.get("coverage"),
                        row.get("minScore"),
                        row.get("risk"));
            }
        });
        if (unknown > 0) {
            out.printf(Locale.ROOT, "%n%d annotations have no true origin in %s%n", unknown, truth.files());
        }
    }
}
