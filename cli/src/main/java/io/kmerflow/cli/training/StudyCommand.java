package io.kmerflow.cli.training;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.StopSignal;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.study.Study;
import io.kmerflow.pretraining.study.StudyConfig;
import io.kmerflow.pretraining.trainer.ProgressListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The study of masking arms. */
@Command(
        name = "study",
        description = {
            "Compares maskings: pretrains small encoders, measures all of them alike, writes a " + "report.",
            "Writes to --out: results.json and report.html (one self-contained file)."
        },
        footer = "kmerflow study --data data --out study --budget tiny",
        mixinStandardHelpOptions = true)
public final class StudyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            defaultValue = "data",
            paramLabel = "DIR",
            description =
                    "Directory with genomes/*.fa.gz and gue/SET/{train,dev,test}.csv.gz (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Directory to write to.")
    private Path out;

    @Option(
            names = "--budget",
            defaultValue = "small",
            paramLabel = "tiny|small|long|medium|FILE",
            description =
                    "tiny: minutes, only to try it out; small: within 60 minutes on 2 idle cores; long: the same scale"
                            + " with every masking arm, about twice as long; medium: 20 million tokens an arm and seed, many hours; or a"
                            + " YAML file (default: ${DEFAULT-VALUE}).")
    private String budget;

    @Option(
            names = "--resume",
            description =
                    "Continue with the arms that --out does not hold yet. SIGINT and SIGTERM write a checkpoint and end"
                            + " the run.")
    private boolean resume;

    @Option(
            names = "--units",
            split = ",",
            paramLabel = "ARM-sSEED",
            description =
                    "Run these units alone, for example randommask-s2, without a report: processes side by side, or on"
                            + " several machines, can share the units of a study. A last run without this option"
                            + " writes the report.")
    private List<String> units = List.of();

    @Option(
            names = "--device",
            defaultValue = "auto",
            paramLabel = "auto|cpu|gpu|gpus",
            description = "Where to train (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "CPU threads of one operation; 0 is PyTorch's default (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public Integer call() throws IOException {
        StudyConfig config;
        try {
            config = read();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PrintWriter err = spec.commandLine().getErr();
        ProgressListener listener = new ProgressListener() {
            @Override
            public void progress(Progress heard) {
                note("  " + heard.line());
            }

            @Override
            public void note(String line) {
                err.println(line);
                err.flush();
            }
        };
        try (StopSignal stop = new StopSignal()) {
            RunOptions options = new RunOptions(data, out, resume, device, threads, null, listener, stop::asked);
            if (!study(config, options).run()) {
                throw new CommandFailure("Interrupted; continue with --resume");
            }
        }
        spec.commandLine().getOut().println(out.resolve(units.isEmpty() ? "report.html" : "units"));
        spec.commandLine().getOut().flush();
        return ExitCode.FINE;
    }

    private Study study(StudyConfig config, RunOptions options) {
        try {
            return new Study(config, options, units);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private StudyConfig read() throws IOException {
        try (InputStream built = StudyConfig.class.getResourceAsStream(budget + ".yaml")) {
            if (built == null || !budget.matches("[a-z]+")) {
                return SettingsTree.read(Path.of(budget), StudyConfig.class);
            }
            return SettingsTree.of(new String(built.readAllBytes(), StandardCharsets.UTF_8), StudyConfig.class);
        }
    }
}
