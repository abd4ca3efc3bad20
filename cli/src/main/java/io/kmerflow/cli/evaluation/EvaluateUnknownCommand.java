package io.kmerflow.cli.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.pretraining.evaluation.RankMetrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
import picocli.CommandLine.Spec;

/** How well a model tells reads of organisms it knows from those of others. */
@Command(
        name = "unknown",
        description = {
            "Measures how well a model separates reads of known organisms from reads of others.",
            "Prints the area under the ROC curve of the highest score of a known label, and the share of each group that the run called, and would call at"
                    + " the threshold that keeps a share of the known reads.",
            "Input is JSON Lines of 'annotate --label-scores'; reads without label scores (too short, mostly N) are left out and"
                    + " counted."
        },
        footer = "kmerflow evaluate unknown --known known.jsonl --unknown others.jsonl --keep 0.9",
        mixinStandardHelpOptions = true)
public final class EvaluateUnknownCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--known",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Annotations of reads of organisms that the model knows.")
    private List<Path> known;

    @Option(
            names = "--unknown",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Annotations of reads of other organisms.")
    private List<Path> unknown;

    @Option(
            names = "--truth",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Tables of true origins, as 'evaluate draw' writes them: the unknown reads by source too.")
    private List<Path> truth = List.of();

    @Option(
            names = "--keep",
            paramLabel = "SHARE",
            defaultValue = "0.9",
            description = "Share of the known reads to keep, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double keep;

    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = "The model that annotated, a path or URI (default: the bundled model).")
    private BundlePlace model;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /**
     * One annotated read.
     *
     * @param key its name
     * @param score highest probability of a label that is no background
     * @param candidate whether that label is the best of all
     * @param called whether the run called it
     */
    private record Scored(TrueOrigin.Key key, double score, boolean candidate, boolean called) {
        /** What a threshold is held against: 0 where background is the best label. */
        double callScore() {
            return candidate ? score : 0;
        }
    }

    @Override
    public Integer call() throws IOException {
        ModelContract contract = ModelBundle.read(model == null ? Home.defaultModel() : model.local())
                .contract();
        long[] leftOut = new long[1];
        List<Scored> ours = read(known, contract, leftOut);
        List<Scored> others = read(unknown, contract, leftOut);
        double keeping = thresholdThatKeeps(ours);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("known_reads", ours.size());
        report.put("unknown_reads", others.size());
        report.put("left_out_reads", leftOut[0]);
        report.put("auroc", auroc(ours, others));
        report.put("known_called", called(ours));
        report.put("unknown_called", called(others));
        report.put("keeping_threshold", keeping);
        report.put("keeping_known_called", called(ours, keeping));
        report.put("keeping_unknown_called", called(others, keeping));
        if (!truth.isEmpty()) {
            report.put("unknown_called_by_source", bySource(others));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMappers.COMPACT.writerWithDefaultPrettyPrinter().writeValueAsString(report));
        } else {
            report.forEach((name, value) -> {
                if (value instanceof Map<?, ?> rows) {
                    out.println(name);
                    rows.forEach((source, share) -> out.printf(Locale.ROOT, "  %-38s %.4f%n", source, share));
                } else {
                    out.printf(Locale.ROOT, "%-24s %s%n", name, value);
                }
            });
        }
        return ExitCode.FINE;
    }

    private static List<Scored> read(List<Path> files, ModelContract contract, long[] leftOut) {
        List<Scored> reads = new ArrayList<>();
        for (Path file : files) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    JsonNode row = JsonMappers.COMPACT.readTree(line);
                    JsonNode scores = row.path("labelScores");
                    if (scores.isMissingNode()) {
                        leftOut[0]++;
                        continue;
                    }
                    reads.add(scored(file, row, scores, contract));
                }
            } catch (IOException e) {
                throw new CommandFailure(String.format(Locale.ROOT, "Could not read %s: %s", file, e.getMessage()), e);
            }
        }
        if (reads.isEmpty()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected annotations with label scores in %s, got none; annotate with --label-scores",
                    files));
        }
        return reads;
    }

    private static Scored scored(Path file, JsonNode row, JsonNode scores, ModelContract contract) {
        if (scores.size() != contract.labels().size()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected scores of the model's %d labels in %s, got %d; name the model that annotated with --model",
                    contract.labels().size(),
                    file,
                    scores.size()));
        }
        double best = 0;
        double background = 0;
        for (int label = 0; label < scores.size(); label++) {
            if (contract.labels().get(label).background()) {
                background = Math.max(background, scores.get(label).asDouble());
            } else {
                best = Math.max(best, scores.get(label).asDouble());
            }
        }
        TrueOrigin.Key key =
                new TrueOrigin.Key(row.path("readId").asText(), row.path("mate").asInt());
        return new Scored(
                key,
                best,
                best >= background,
                !row.path("readCall").path("label").isNull());
    }

    private double thresholdThatKeeps(List<Scored> reads) {
        double[] scores = reads.stream().mapToDouble(Scored::callScore).sorted().toArray();
        return scores[scores.length - Math.max(1, (int) Math.ceil(keep * scores.length))];
    }

    private static double auroc(List<Scored> ours, List<Scored> others) {
        double[] scores = new double[ours.size() + others.size()];
        boolean[] isKnown = new boolean[scores.length];
        Arrays.fill(isKnown, 0, ours.size(), true);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (isKnown[i] ? ours.get(i) : others.get(i - ours.size())).score();
        }
        return RankMetrics.auc(scores, isKnown);
    }

    private static double called(List<Scored> reads) {
        return (double) reads.stream().filter(Scored::called).count() / reads.size();
    }

    private static double called(List<Scored> reads, double threshold) {
        return (double) reads.stream()
                        .filter(read -> read.candidate() && read.score() >= threshold)
                        .count()
                / reads.size();
    }

    private Map<String, Double> bySource(List<Scored> reads) {
        Map<TrueOrigin.Key, TrueOrigin> origins = new HashMap<>();
        truth.forEach(file -> origins.putAll(TrueOrigin.readTable(file)));
        Map<String, List<Scored>> groups = new TreeMap<>();
        for (Scored read : reads) {
            TrueOrigin origin = origins.get(read.key());
            groups.computeIfAbsent(origin == null ? "(no true origin)" : origin.source(), name -> new ArrayList<>())
                    .add(read);
        }
        Map<String, Double> shares = new LinkedHashMap<>();
        groups.forEach((name, group) -> shares.put(name, called(group)));
        return shares;
    }
}
