package io.kmerflow.cli.serving;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.files.FileAnnotationJob;
import io.kmerflow.files.FileConfig;
import io.kmerflow.files.FileOutputs;
import io.kmerflow.files.JobSummary;
import io.kmerflow.files.original.ReadStatistics;
import io.kmerflow.sequence.PrintableText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The annotation job, file to file. */
@Command(
        name = "annotate",
        description = {
            "Annotates files of reads: one row per read, in input order.",
            "Output files appear when they are complete. Input that cannot be annotated goes to "
                    + "OUTPUT.dead-letters.jsonl (of the first output) with its place and reason, and the exit "
                    + "code is 3."
        },
        footer = {
            "kmerflow annotate --input reads.fastq.gz --output calls.jsonl",
            "kmerflow annotate --input R1.fastq.gz --mates R2.fastq.gz --output calls.tsv --report run.html"
        },
        mixinStandardHelpOptions = true)
public final class AnnotateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private InputOptions input;

    @Mixin
    private ModelOptions model;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() throws Exception {
        Configuration options = new Configuration();
        input.addTo(options, spec);
        model.addTo(options);
        output.addTo(options, spec, input.paired());
        FileConfig config = FileConfig.from(options);
        ModelBundle bundle = model.read();
        PrintWriter err = spec.commandLine().getErr();
        List<HtmlReport.Sample> throughput = new ArrayList<>();
        FileAnnotationJob job = job(config, bundle);
        try (EarlyModel early = EarlyModel.load(config.job().requireModel());
                Progress progress = new Progress(err)) {
            JobSummary summary = job.run(
                    LocalFlink.environment(1),
                    soFar -> {
                        throughput.add(new HtmlReport.Sample(soFar.total(), soFar.reads(), soFar.bases()));
                        progress.show(soFar);
                    },
                    (done, statistics) -> report(bundle, done, statistics, throughput));
            early.release();
            progress.end();
            CallTable.print(summary, err);
            err.println(PrintableText.escape(ModelScope.sentence(bundle)));
            String tooShort = ModelScope.tooShort(
                    bundle.contract(),
                    summary.reads(),
                    summary.readsWithoutCall().getOrDefault("too short", 0L));
            if (!tooShort.isEmpty()) {
                err.println(tooShort);
            }
            if (input.paired()) {
                MateReport.print(summary.mates(), err);
            }
            said(job, err);
            if (output.report() != null) {
                err.println("report: " + PrintableText.escape(output.report()));
            }
            if (summary.deadLetters() > 0) {
                err.println("dead letters: " + PrintableText.escape(job.deadLetters()));
                FirstDeadLetter.print(Path.of(job.deadLetters()), err);
                return ExitCode.DEAD_LETTERS;
            }
        }
        return ExitCode.FINE;
    }

    private FileAnnotationJob job(FileConfig config, ModelBundle bundle) throws IOException {
        FileOutputs more = output.more(bundle, model.bundle().toString(), model.threshold(bundle));
        return new FileAnnotationJob(config, config.job().requireModel(), more);
    }

    private String report(
            ModelBundle bundle, JobSummary summary, ReadStatistics statistics, List<HtmlReport.Sample> throughput) {
        throughput.add(new HtmlReport.Sample(summary.total(), summary.reads(), summary.bases()));
        String command =
                String.join(" ", spec.commandLine().getParent().getParseResult().originalArgs());
        return new HtmlReport(command, bundle, summary, statistics, throughput).page();
    }

    private void said(FileAnnotationJob job, PrintWriter err) {
        for (String file : output.all()) {
            if (!file.equals("-")) {
                err.println("annotations: " + PrintableText.escape(file));
            }
        }
        if (output.counts() != null) {
            err.println("counts: " + PrintableText.escape(output.counts()));
        }
        if (output.kraken() != null) {
            err.println("Kraken report: " + PrintableText.escape(output.kraken()));
        }
        if (output.krona() != null) {
            err.println("text for Krona: " + PrintableText.escape(output.krona()));
        }
        job.splitRecords()
                .forEach((file, records) -> err.printf(
                        Locale.ROOT, "%10d records in %s/%s%n", records, PrintableText.escape(output.split()), file));
        job.notes().forEach(note -> err.println("note: " + PrintableText.escape(note)));
    }
}
