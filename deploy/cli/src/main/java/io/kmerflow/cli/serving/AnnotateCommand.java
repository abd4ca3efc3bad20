package io.kmerflow.cli.serving;

import io.kmerflow.cli.ExitCode;
import io.kmerflow.job.FileAnnotationJob;
import io.kmerflow.job.JobConfig;
import io.kmerflow.job.JobOptions;
import io.kmerflow.job.JobSummary;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The annotation job, file to file. */
@Command(
        name = "annotate",
        description = {
            "Annotates files of reads: one row per read, in input order.",
            "The output file appears when it is complete. Input that cannot be annotated goes to"
                    + " OUTPUT.dead-letters.jsonl with its place and reason, and the exit code is 3."
        },
        mixinStandardHelpOptions = true)
public final class AnnotateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private InputOptions input;

    @Mixin
    private ModelOptions model;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "JSON Lines (.jsonl) or tab-separated (.tsv), also .gz; - for JSON Lines on standard output.")
    private String output;

    @Override
    public Integer call() throws Exception {
        Configuration options = new Configuration();
        input.addTo(options, spec);
        model.addTo(options);
        options.set(JobOptions.OUTPUT_FILE, output);
        JobConfig config = JobConfig.from(options);
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress(err)) {
            JobSummary summary =
                    new FileAnnotationJob(config, config.requireModel()).run(LocalFlink.environment(1), progress::show);
            progress.end();
            CallTable.print(summary, err);
            if (!output.equals("-")) {
                err.println("annotations: " + output);
            }
            if (summary.deadLetters() > 0) {
                err.println("dead letters: "
                        + FileAnnotationJob.deadLettersOf(output).path());
                return ExitCode.DEAD_LETTERS;
            }
        }
        return ExitCode.FINE;
    }
}
