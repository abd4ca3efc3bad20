package io.kmerflow.cli.serving;

import io.kmerflow.benchmark.DriftBenchmark;
import io.kmerflow.benchmark.KeepUpBenchmark.SourceRead;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BenchReads;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.export.profile.ProfileFit;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.sequence.profile.DriftThresholds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What drift costs. */
@Command(
        name = "drift",
        description = {
            "Measures the job's throughput with drift reports and without.",
            "Two jobs in this process, each with its own broker, get the same reads in turn; pairs of rounds change their order."
                    + " Prints reads per second and CPU time per read of both, and the medians of the pairs' ratios. The profile"
                    + " is made of the reads that are sent. Broker and clients share the machine's cores with the jobs."
        },
        footer = "kmerflow bench drift --reads long --rounds 9",
        mixinStandardHelpOptions = true)
public final class BenchDriftCommand implements Callable<Integer> {
    /** Fewest reads of a profile. */
    private static final int PROFILED = 500;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BenchOptions options;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "FILE",
            description = "Reads, FASTQ or FASTA, plain or .gz (default: the Illumina sample, with --reads long the"
                    + " nanopore sample).")
    private Path input;

    @Option(names = "--score-all", description = "Score every window of a read.")
    private boolean scoreAll;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "9", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--round-seconds",
            paramLabel = "S",
            defaultValue = "8",
            description = "About how long a round takes, in seconds (default: ${DEFAULT-VALUE}).")
    private int roundSeconds;

    @Override
    public Integer call() throws Exception {
        ModelBundle bundle = options.bundle();
        List<SourceRead> reads = BenchReads.of(
                input == null ? options.sample() : input, bundle.contract().minReadBases());
        Path folder = Files.createTempDirectory("kmerflow-bench-drift");
        PrintWriter err = spec.commandLine().getErr();
        try {
            DriftBenchmark.Settings settings = new DriftBenchmark.Settings(
                    profiled(bundle, reads, folder),
                    reads,
                    options.threads(),
                    options.maxBatchWindows(),
                    scoreAll,
                    rounds,
                    roundSeconds);
            DriftBenchmark benchmark = new DriftBenchmark(settings, line -> {
                err.println(line);
                err.flush();
            });
            options.print(benchmark.run(), spec.commandLine().getOut());
            return ExitCode.FINE;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    /** A copy of the bundle with a profile of the reads. */
    private ModelBundle profiled(ModelBundle bundle, List<SourceRead> reads, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(bundle.directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        List<ProfileFit.Sample> samples = new ArrayList<>();
        while (samples.size() < PROFILED) { // what the thresholds are does not matter here
            reads.forEach(read -> samples.add(new ProfileFit.Sample(read.bases(), read.phredQualities())));
        }
        Files.deleteIfExists(folder.resolve("profile.json"));
        try (OnnxWindowScorer scorer =
                new OnnxWindowScorer(bundle.modelFile(), ScoringOptions.cpu(options.threads()))) {
            ProfileFit.fit(bundle.contract(), scorer, samples, DriftThresholds.DRAWN_WINDOWS)
                    .writeTo(folder);
        } catch (ScoringException e) {
            throw new CommandFailure("Could not score the reads: " + e.getMessage(), e);
        }
        return ModelBundle.read(folder);
    }
}
