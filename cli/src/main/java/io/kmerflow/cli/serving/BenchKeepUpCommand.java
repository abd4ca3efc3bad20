package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.KeepUpBenchmark;
import io.kmerflow.benchmark.KeepUpBenchmark.Result;
import io.kmerflow.benchmark.KeepUpBenchmark.SourceRead;
import io.kmerflow.benchmark.Sequencer;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.evaluation.TrueOrigin;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Whether this machine keeps up with a sequencer. */
@Command(
        name = "keep-up",
        description = {
            "Measures whether the job keeps up with a sequencer.",
            "Replays reads of a file onto a topic at the rate of a sequencer, in bases per second, whether or not the job keeps"
                    + " up. Reports whether the lag stays flat, the time from a read's last base to its annotation, and which"
                    + " sequencers of the table this rate covers. Broker and clients share the machine's cores with the job."
                    + " Afterwards the same reads are scored in full, and the labels compared.",
            "Exit code 0 if the lag stays flat and the 99th percentile is below --max-p99, else 1; --bisect then finds the highest"
                    + " rate that holds."
        },
        footer = "kmerflow bench keep-up --sequencer minion-cell --minutes 5",
        mixinStandardHelpOptions = true)
public final class BenchKeepUpCommand implements Callable<Integer> {
    private static final int BISECT_SECONDS = 45;
    private static final double LOWEST_RATE_SHARE = 0.02;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(
            names = "--sequencer",
            paramLabel = "NAME",
            converter = SequencerConverter.class,
            description = "iseq-100, miseq, minion-cell, promethion-cell, nextseq-2000 or novaseq-x-cell (default:"
                    + " minion-cell).")
    private Sequencer sequencer;

    @Option(names = "--rate", paramLabel = "BASES/S", description = "Bases per second, instead of a sequencer's.")
    private Double rate;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "5",
            description = "How long, in minutes (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "FILE",
            description = "Reads, FASTQ or FASTA, plain or .gz (default: the nanopore sample).")
    private Path input;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description =
                    "Table of the reads' origins, as 'evaluate draw' writes it, its sources named as the labels: print the share"
                            + " of right calls.")
    private Path truth;

    @Option(
            names = "--max-p99",
            paramLabel = "MS",
            defaultValue = "2000",
            description =
                    "Maximum 99th percentile of the time to an annotation, in milliseconds (default: ${DEFAULT-VALUE}).")
    private double maxP99Millis;

    @Option(names = "--score-all", description = "Score every window of a read.")
    private boolean scoreAll;

    @Option(
            names = "--bisect",
            description = "If the rate does not hold, find the highest that does, 45 s a try, to a tenth.")
    private boolean bisect;

    private static final class SequencerConverter implements ITypeConverter<Sequencer> {
        @Override
        public Sequencer convert(String name) {
            return Stream.of(Sequencer.values())
                    .filter(sequencer -> sequencer.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(String.format(
                            Locale.ROOT, "expected one of %s, got '%s'", List.of(Sequencer.values()), name)));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (sequencer != null && rate != null) {
            throw new ParameterException(spec.commandLine(), "Expected --sequencer or --rate, got both");
        }
        if (rate != null && !(rate > 0) || !(minutes > 0)) {
            throw new ParameterException(spec.commandLine(), "Expected a rate and minutes above 0");
        }
        double wanted = rate != null ? rate : (sequencer == null ? Sequencer.MINION_CELL : sequencer).basesPerSecond();
        ModelBundle bundle = options.bundle();
        List<SourceRead> reads = BenchReads.of(
                input == null ? Home.samples().resolve("nanopore.fastq.gz") : input,
                bundle.contract().minReadBases());
        PrintWriter err = spec.commandLine().getErr();
        KeepUpBenchmark benchmark =
                new KeepUpBenchmark(new KeepUpBenchmark.Settings(bundle, reads, options.threads(), scoreAll), line -> {
                    err.println(line);
                    err.flush();
                });
        Result result = benchmark.run(wanted, Duration.ofMillis(Math.round(minutes * 60_000)));
        boolean holds = holds(result);
        Map<String, Object> report = report(bundle, result);
        if (!holds && bisect) {
            List<Result> tried = benchmark.highest(
                    LOWEST_RATE_SHARE * wanted, wanted, Duration.ofSeconds(BISECT_SECONDS), maxP99Millis);
            report.put(
                    "highest_bases_per_s",
                    tried.stream()
                            .filter(this::holds)
                            .mapToDouble(Result::basesPerSecond)
                            .max()
                            .orElse(0));
        }
        compare(report, reads, result.labels(), benchmark.labelsOfFullScoring());
        options.print(report, spec.commandLine().getOut());
        return holds ? ExitCode.FINE : ExitCode.FAILED;
    }

    private boolean holds(Result result) {
        return result.flat() && result.p99Millis() < maxP99Millis;
    }

    private Map<String, Object> report(ModelBundle bundle, Result result) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("model", bundle.name() + " " + bundle.version() + " " + bundle.precision());
        report.put("model_digest", bundle.digest());
        report.put("sequencer", rate != null ? null : Objects.toString(sequencer, Sequencer.MINION_CELL.toString()));
        report.put("rate_bases_per_s", result.basesPerSecond());
        report.put("seconds", result.seconds());
        report.put("reads", result.reads());
        report.put("achieved_bases_per_s", result.achievedBasesPerSecond());
        report.put("lag_flat", result.flat());
        report.put("lag_gained_s_per_s", result.lagSlope());
        report.put("p50_ms", result.p50Millis());
        report.put("p99_ms", result.p99Millis());
        report.put("max_ms", result.maxMillis());
        report.put("cpu_share_of_all_cores", result.cpuShare());
        report.put("window_share_scored", result.windowShare());
        Map<String, Object> table = new LinkedHashMap<>();
        for (Sequencer one : Sequencer.values()) {
            String says = !holds(result) || one.basesPerSecond() > result.basesPerSecond() ? "not shown" : "keeps up";
            table.put(
                    one.toString(),
                    String.format(Locale.ROOT, "%s (%,.0f bases/s; %s)", says, one.basesPerSecond(), one.source()));
        }
        report.put("sequencers", table);
        return report;
    }

    private void compare(Map<String, Object> report, List<SourceRead> reads, String[] labels, String[] full) {
        int called = 0;
        int same = 0;
        int known = 0;
        int right = 0;
        int rightInFull = 0;
        Map<TrueOrigin.Key, TrueOrigin> origins = truth == null ? Map.of() : TrueOrigin.readTable(truth);
        int compared = (int) Math.min(labels.length, ((Number) report.get("reads")).longValue());
        for (int read = 0; read < compared; read++) {
            called += full[read] != null ? 1 : 0;
            same += full[read] != null && full[read].equals(labels[read]) ? 1 : 0;
            TrueOrigin origin = origins.get(new TrueOrigin.Key(reads.get(read).id(), 0));
            if (origin != null) {
                known++;
                right += origin.source().equals(labels[read]) ? 1 : 0;
                rightInFull += origin.source().equals(full[read]) ? 1 : 0;
            }
        }
        report.put("compared_reads", compared);
        report.put("called_by_full_scoring", called);
        report.put("same_label_share_of_called", called == 0 ? null : (double) same / called);
        if (known > 0) {
            report.put("right_share", (double) right / known);
            report.put("right_share_of_full_scoring", (double) rightInFull / known);
        }
    }
}
