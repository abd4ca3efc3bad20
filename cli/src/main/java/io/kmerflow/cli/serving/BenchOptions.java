package io.kmerflow.cli.serving;

import io.kmerflow.bundle.BundleForms;
import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.cli.base.BundlePlace;
import io.kmerflow.cli.base.Home;
import io.kmerflow.job.scoring.FeedLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** What every measurement of the job needs to know, and how its figures are printed. */
final class BenchOptions {
    /** Which reads. */
    enum Reads {
        SHORT(150, "illumina_R1.fastq.gz"),
        LONG(10_000, "nanopore.fastq.gz");

        private final int bases;
        private final String sample;

        Reads(int bases, String sample) {
            this.bases = bases;
            this.sample = sample;
        }
    }

    @Option(
            names = "--model",
            paramLabel = "BUNDLE",
            description = BundlePlace.DESCRIPTION + " (default: the bundled model).")
    private BundlePlace model;

    @Option(
            names = "--precision",
            paramLabel = "auto|fp32|int8",
            defaultValue = BundleForms.AUTO,
            description = "Form of the bundle: auto is int8 where the bundle has it (default: ${DEFAULT-VALUE}).")
    private String precision;

    @Option(
            names = "--reads",
            defaultValue = "SHORT",
            description = "short: 150 bases, long: 10,000 bases (default: ${DEFAULT-VALUE}).")
    private Reads reads;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads that score in parallel (default: one per processor).")
    private Integer threads;

    @Option(
            names = "--max-batch-windows",
            paramLabel = "N",
            description = "Maximum windows in one model call of the job (default: the job's, "
                    + FeedLimits.CPU_BATCH_WINDOWS + ", in int8 " + FeedLimits.CPU_INT8_BATCH_WINDOWS + ").")
    private Integer maxBatchWindows;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** The model to measure, in the form that the job would take on a CPU. */
    ModelBundle bundle() {
        Path bundle = model == null ? Home.defaultModel() : model.local();
        return ModelBundle.read(BundleForms.choose(bundle, precision, false));
    }

    int readBases() {
        return reads.bases;
    }

    /** File of real reads, shipped. */
    Path sample() {
        return Home.samples().resolve(reads.sample);
    }

    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    int maxBatchWindows() {
        return maxBatchWindows == null
                ? FeedLimits.cpuBatchWindows(Precision.named(bundle().precision()))
                : maxBatchWindows;
    }

    void print(Map<String, Object> report, PrintWriter out) throws IOException {
        if (json) {
            out.println(JsonMappers.INDENTED.writeValueAsString(report));
        } else {
            report.forEach((name, value) -> out.printf(Locale.ROOT, "%-28s %s%n", name, value));
        }
        out.flush();
    }
}
