package io.kmerflow.cli.evaluation;

import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.evaluation.CalledStretches.Stretch;
import io.kmerflow.cli.evaluation.TruthBed.TrueRead;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Coding stretches of any tool against those that reads are known to have. */
@Command(
        name = "segments",
        description = {
            "Compares coding stretches called on reads with the true ones.",
            "Calls are GFF3 or BED of 'annotate' or of any gene finder that ran on the reads; the truth is that of 'evaluate"
                    + " draw --segments'. Per base, with the strand: precision, recall and F1; of the non-coding bases, the"
                    + " share without a call (specificity); of the coding bases that are called, the share on the right strand. Per stretch (neighbouring bases of one strand, --min-bases or"
                    + " more): found if half of it is called, a call right if half of it codes. Of the true ends with"
                    + " non-coding bases behind them: how many have a called end within 200 bases, and how far it is."
        },
        footer = {"kmerflow evaluate segments --truth drawn.bed --calls drawn.gff3"},
        mixinStandardHelpOptions = true)
public final class EvaluateSegmentsCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--truth",
            required = true,
            paramLabel = "FILE",
            description = "BED of 'evaluate draw --segments', plain or .gz.")
    private Path truth;

    @Option(
            names = "--calls",
            required = true,
            paramLabel = "FILE",
            description = "GFF3 (features CDS or SO:0000316), or .bed with strands; plain or .gz.")
    private Path calls;

    @Option(
            names = "--min-bases",
            defaultValue = "60",
            paramLabel = "N",
            description = "Shortest stretch that counts as one (default: ${DEFAULT-VALUE}).")
    private int minBases;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (minBases < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected --min-bases of 1 or more, got %d", minBases));
        }
        Map<String, TrueRead> reads = TruthBed.read(truth);
        Map<String, List<Stretch>> called = CalledStretches.read(calls);
        long unknown = withoutTruth(reads, called);
        Map<String, SegmentTally> tallies = new LinkedHashMap<>();
        reads.values().forEach(read -> tallies.putIfAbsent(read.source(), new SegmentTally(minBases)));
        SegmentTally all = new SegmentTally(minBases);
        reads.forEach((name, read) -> {
            List<Stretch> own = called.getOrDefault(name, List.of());
            tallies.get(read.source()).add(read.states(), own);
            all.add(read.states(), own);
        });
        if (tallies.size() > 1) {
            tallies.put(ALL, all);
        }
        print(tallies, unknown);
        return ExitCode.FINE;
    }

    /** Reads with calls whose truth is not known, such as real ones that align nowhere. */
    private long withoutTruth(Map<String, TrueRead> reads, Map<String, List<Stretch>> called) {
        long unknown = 0;
        for (Map.Entry<String, List<Stretch>> entry : called.entrySet()) {
            TrueRead read = reads.get(entry.getKey());
            unknown += read == null ? 1 : 0;
            for (Stretch stretch : read == null ? List.<Stretch>of() : entry.getValue()) {
                if (stretch.range().end() > read.states().length) {
                    throw new CommandFailure(String.format(
                            Locale.ROOT,
                            "Expected calls within the %d bases of %s, got one that ends at %d",
                            read.states().length,
                            entry.getKey(),
                            stretch.range().end()));
                }
            }
        }
        if (unknown > 0 && unknown == called.size()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT, "Expected calls on reads of %s, found none among those of %d reads", truth, unknown));
        }
        return unknown;
    }

    private void print(Map<String, SegmentTally> tallies, long unknown) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
        tallies.forEach((source, tally) -> rows.put(source, tally.figures()));
        if (json) {
            Map<String, Object> report = new LinkedHashMap<>(rows);
            report.put("readsWithoutTruth", unknown);
            out.println(JsonMappers.INDENTED.writeValueAsString(report));
            return;
        }
        out.printf(
                Locale.ROOT, "%-22s %7s | %-31s | %-6s | %-15s | %s%n", "", "", "bases", "strand", "stretches", "ends");
        out.printf(
                Locale.ROOT,
                "%-22s %7s | %7s %7s %7s %7s | %6s | %7s %7s | %7s %7s %7s%n",
                "source",
                "reads",
                "precis.",
                "recall",
                "F1",
                "specif.",
                "right",
                "precis.",
                "recall",
                "found",
                "median",
                "90 %");
        rows.forEach((source, row) -> out.printf(
                Locale.ROOT,
                "%-22s %7d | %7.4f %7.4f %7.4f %7.4f | %6.4f | %7.4f %7.4f | %7.4f %7.0f %7.0f%n",
                source,
                row.get("reads"),
                row.get("basePrecision"),
                row.get("baseRecall"),
                row.get("baseF1"),
                row.get("specificity"),
                row.get("strandRight"),
                row.get("stretchPrecision"),
                row.get("stretchRecall"),
                row.get("endsFound"),
                row.get("endDistanceMedian"),
                row.get("endDistance90")));
        if (unknown > 0) {
            out.printf(Locale.ROOT, "%ncalls on %,d reads without truth are not counted%n", unknown);
        }
    }
}
