package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.pretraining.finetune.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Fine-tunes an encoder on sets of GUE, several seeds each, beside the same encoder from random values and the k-mer
 * control. Every finished run is kept; a second call trains only what is missing, and goes on with the run that was cut off.
 */
public final class GueBenchmark {
    private final GueConfig config;
    private final RunOptions options;
    private final Path results;
    private int unit;
    private int units;

    /**
     * @param options device, threads, listener and stop; its other parts are not used
     * @param results file that is rewritten after every set
     */
    public GueBenchmark(GueConfig config, RunOptions options, Path results) {
        this.config = config;
        this.options = options;
        this.results = results;
    }

    /**
     * Runs, or goes on, to the end or until stopped.
     *
     * @return what the results file holds; null if it was asked to stop
     * @throws CorpusException if sets are missing or a row does not fit; nothing has been trained then
     */
    public GueResults run() throws IOException {
        GueFiles.Found found = GueFiles.find(config.data(), config.sets());
        SetRuns.EncoderDigest encoder = SetRuns.EncoderDigest.of(config.encoder());
        WorkFolder work = new WorkFolder(config.work());
        for (GueFiles files : found.sets()) {
            check(files);
        }
        int arms = config.randomInit() ? 2 : 1;
        units = found.sets().size() * (1 + arms * config.seeds().size());
        List<SetResult> sets = new ArrayList<>();
        for (GueFiles files : found.sets()) {
            SetResult set = set(files, new SetRuns(config, files, encoder, work, options));
            if (set == null) {
                return null;
            }
            sets.add(set);
            boolean complete = sets.size() == found.sets().size();
            WorkFolder.write(results, GueResults.of(config, encoder, sets, found.skipped(), complete));
        }
        return GueResults.of(config, encoder, sets, found.skipped(), true);
    }

    /** Reads a set once before anything is trained: a bad row in the last one must not cost the runs before it. */
    private static void check(GueFiles files) {
        LabelledSet set = LabelledSet.read(files.train(), files.dev(), files.test());
        if (set.classes() != files.set().classes()) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected %d classes in %s, got %d in %s",
                    files.set().classes(),
                    files.set().name(),
                    set.classes(),
                    files.train()));
        }
    }

    private SetResult set(GueFiles files, SetRuns runs) throws IOException {
        note(files, "k-mer control");
        WorkFolder.Finished control = runs.control();
        List<WorkFolder.Finished> ours = new ArrayList<>();
        List<WorkFolder.Finished> randomInit = new ArrayList<>();
        for (long seed : config.seeds()) {
            if (!train(files, runs, SetRuns.Arm.PRETRAINED, seed, ours)
                    || config.randomInit() && !train(files, runs, SetRuns.Arm.RANDOM_INIT, seed, randomInit)) {
                return null;
            }
        }
        LabelledSet full = runs.full();
        int[] truth = full.test().stream().mapToInt(LabelledSequence::label).toArray();
        GueFigures.Runs figures = new GueFigures.Runs(
                files.set().metric(), full.classes(), truth, config.seeds(), ours, randomInit, control);
        int[] all = new int[truth.length];
        Arrays.setAll(all, i -> i);
        int[] without = Copies.rowsWithout(full.test(), List.of(full.train(), full.dev()));
        GueSet set = files.set();
        Protocol protocol = runs.protocol();
        LabelledSet used = runs.used();
        return new SetResult(
                set.name(),
                files.trainSource(),
                new SetResult.Rows(
                        full.train().size(),
                        used.train().size(),
                        full.dev().size(),
                        full.test().size()),
                set.rows(),
                full.classes(),
                set.metric().key(),
                new SetResult.Used(
                        protocol.epochs(),
                        protocol.steps(used.train().size()),
                        set.protocol().steps(set.rows().train()),
                        protocol.warmUpSteps(),
                        protocol.evaluateEvery()),
                config.recipes()
                        .of(set)
                        .map(recipe -> new SetResult.RecipeUsed(recipe.file(), recipe.recipe()))
                        .orElse(null),
                runs.digests(),
                figures.on(all),
                truth.length - without.length,
                figures.on(without),
                Published.of(set),
                Stream.concat(ours.stream(), randomInit.stream())
                        .map(WorkFolder.Finished::software)
                        .filter(Objects::nonNull)
                        .distinct()
                        .toList());
    }

    private boolean train(GueFiles files, SetRuns runs, SetRuns.Arm arm, long seed, List<WorkFolder.Finished> into)
            throws IOException {
        note(
                files,
                String.format(
                        Locale.ROOT,
                        "%s, seed %d, %,d steps",
                        arm.key(),
                        seed,
                        runs.protocol().steps(runs.used().train().size())));
        WorkFolder.Finished finished = runs.finetuned(arm, seed);
        if (finished != null) {
            into.add(finished);
        }
        return finished != null;
    }

    private void note(GueFiles files, String what) {
        unit++;
        options.listener()
                .note(String.format(
                        Locale.ROOT, "[%d/%d] %s: %s", unit, units, files.set().name(), what));
    }
}
