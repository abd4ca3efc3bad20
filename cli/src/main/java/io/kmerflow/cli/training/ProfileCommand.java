package io.kmerflow.cli.training;

import io.kmerflow.bundle.BundleProfile;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.bundle.Precision;
import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.cli.base.ExitCode;
import io.kmerflow.cli.base.Home;
import io.kmerflow.cli.base.TemporaryFolder;
import io.kmerflow.export.profile.ProfileFit;
import io.kmerflow.scoring.OnnxWindowScorer;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringOptions;
import io.kmerflow.sequence.profile.DriftThresholds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What reads look like that a model is to see, into its bundle. */
@Command(
        name = "profile",
        description = {
            "Writes profile.json into a model bundle: what reads like those to be served look like, to compare later ones with.",
            "Lengths, qualities, GC, 4-mers, scores and calls of the reads, and the thresholds that 1 in 1,000 windows of such reads"
                    + " exceeds, for windows of 250, 1,000 and 4,000 reads where there are twice as many. 'serve --drift-topic' compares"
                    + " with it. Folders of the same model in other precisions get their own. The bundle's digest stays the same."
        },
        footer = "kmerflow profile --model models/mine --reads good-run.fastq.gz",
        mixinStandardHelpOptions = true)
public final class ProfileCommand implements Callable<Integer> {
    private static final String FILE = "profile.json";

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "Model bundle, a folder (default: the bundled model).")
    private Path model;

    @Option(
            names = "--reads",
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Reads, at least 500 of all files together, FASTQ or FASTA, plain or compressed.")
    private List<String> files;

    @Option(
            names = "--max-reads",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Take this many, evenly over the files, if there are more (default: ${DEFAULT-VALUE}).")
    private int maxReads;

    @Override
    public Integer call() throws IOException {
        Path bundle = model == null ? Home.defaultModel() : model;
        if (!Files.isDirectory(bundle)) {
            throw new ParameterException(
                    spec.commandLine(),
                    String.format(Locale.ROOT, "Expected the folder of a model bundle, got %s", bundle));
        }
        TemporaryFolder.require();
        List<ProfileFit.Sample> reads = reads();
        for (Path form : forms(bundle)) {
            BundleProfile profile = profile(ModelBundle.read(form), reads);
            write(profile, form);
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    Locale.ROOT,
                    "%,d reads, thresholds for windows of %s reads -> %s%n",
                    profile.reads().reads(),
                    profile.thresholds().keySet(),
                    form.resolve(FILE));
            out.flush();
        }
        return ExitCode.FINE;
    }

    private List<ProfileFit.Sample> reads() throws IOException {
        List<ProfileFit.Sample> all = new ArrayList<>();
        for (String file : files) {
            all.addAll(ProfileReads.of(file));
        }
        if (all.size() <= maxReads) {
            return all;
        }
        List<ProfileFit.Sample> some = new ArrayList<>();
        for (int i = 0; i < maxReads; i++) {
            some.add(all.get((int) ((long) i * all.size() / maxReads)));
        }
        return some;
    }

    /** The bundle, and those of the same model in other precisions in it. */
    private static List<Path> forms(Path bundle) {
        List<Path> forms = new ArrayList<>(List.of(bundle));
        for (Precision precision : Precision.values()) {
            Path form = bundle.resolve(precision.toString());
            if (Files.isDirectory(form)) {
                forms.add(form);
            }
        }
        return forms;
    }

    private BundleProfile profile(ModelBundle bundle, List<ProfileFit.Sample> reads) {
        int threads = Runtime.getRuntime().availableProcessors();
        try (OnnxWindowScorer scorer = new OnnxWindowScorer(bundle.modelFile(), ScoringOptions.cpu(threads))) {
            return ProfileFit.fit(bundle.contract(), scorer, reads, DriftThresholds.DRAWN_WINDOWS);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (ScoringException e) {
            throw new CommandFailure("Could not score the reads: " + e.getMessage(), e);
        }
    }

    /** All or nothing: a job may load the bundle now. */
    private static void write(BundleProfile profile, Path bundle) throws IOException {
        Path folder = Files.createTempDirectory(bundle, ".profile");
        profile.writeTo(folder);
        Files.move(
                folder.resolve(FILE),
                bundle.resolve(FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        Files.delete(folder);
    }
}
