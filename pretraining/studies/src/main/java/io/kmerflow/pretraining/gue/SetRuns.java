package io.kmerflow.pretraining.gue;

import io.kmerflow.pretraining.Provenance;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.evaluation.TunedKmerControl;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Finetuning;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.pretraining.finetune.Protocol;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.random.Xoshiro256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The runs on one set: fine-tunings by arm and seed, and the control. What the work folder holds is not done again. */
final class SetRuns {
    /** Raised when what a run does with the same settings changes. */
    private static final int FORMAT = 1;

    private static final long ROWS_STREAM = 0x605E;

    private final GueConfig config;
    private final GueFiles files;
    private final EncoderDigest encoder;
    private final WorkFolder work;
    private final RunOptions options;
    private final Map<String, String> digests;
    private final LabelledSet full;
    private final LabelledSet used;

    SetRuns(GueConfig config, GueFiles files, EncoderDigest encoder, WorkFolder work, RunOptions options)
            throws IOException {
        this.config = config;
        this.files = files;
        this.encoder = encoder;
        this.work = work;
        this.options = options;
        this.digests = Provenance.digests(files.all());
        this.full = LabelledSet.read(
                files.train().toAbsolutePath(),
                files.dev().toAbsolutePath(),
                files.test().toAbsolutePath());
        this.used = fewer();
    }

    /** All rows of the files. */
    LabelledSet full() {
        return full;
    }

    /** What is trained on: all training rows, or as many as the configuration allows. */
    LabelledSet used() {
        return used;
    }

    Protocol protocol() {
        return config.protocol(files.set());
    }

    /** SHA-256 of the files by name. */
    Map<String, String> digests() {
        return digests;
    }

    /** The first rows in an order drawn once: the same ones for every seed, arm and the control. */
    private LabelledSet fewer() throws IOException {
        Integer most = config.maxTrainRows();
        if (most == null || most >= full.train().size()) {
            return full;
        }
        int[] order = new int[full.train().size()];
        Arrays.setAll(order, i -> i);
        Xoshiro256.of(ROWS_STREAM).shuffle(order);
        List<LabelledSequence> rows = new ArrayList<>();
        StringBuilder text = new StringBuilder("sequence,label\n");
        for (int i = 0; i < most; i++) {
            LabelledSequence row = full.train().get(order[i]);
            rows.add(row);
            text.append(new String(row.bases(), StandardCharsets.US_ASCII))
                    .append(',')
                    .append(row.label())
                    .append('\n');
        }
        Path file = work.resolve(String.format(
                        Locale.ROOT, "%s.%d-train-rows.csv", files.set().fileName(), most))
                .toAbsolutePath();
        Files.writeString(file, text);
        FinetuneConfig.Csv csv = full.files();
        return new LabelledSet(
                new FinetuneConfig.Csv(file, csv.dev(), csv.test()),
                full.names(),
                rows,
                full.dev(),
                full.test(),
                List.of(),
                null);
    }

    /**
     * The fine-tuning of an arm with a seed.
     *
     * @return what it left; null if it was asked to stop
     */
    WorkFolder.Finished finetuned(Arm arm, long seed) throws IOException {
        WorkFolder.Key key = key(arm, seed);
        WorkFolder.Finished done = work.finished(key).orElse(null);
        if (done != null) {
            options.listener().note("  done before");
            return done;
        }
        long start = System.nanoTime();
        FinetuneConfig run = protocol()
                .config(
                        used,
                        arm == Arm.PRETRAINED ? config.encoder().toAbsolutePath() : null,
                        arm == Arm.PRETRAINED ? null : encoder.config(),
                        seed);
        Path out = work.running(key);
        RunOptions here = new RunOptions(
                options.dataRoot(),
                out,
                true,
                options.device(),
                options.threads(),
                null,
                options.listener(),
                options.stopped());
        Finetuning.Result result = new Finetuning(run, here).run();
        if (!result.finished()) {
            return null;
        }
        RunFigures figures =
                RunFigures.ofTraining(result.step(), (Long) result.metrics().get("bestStep"), (Double)
                        ((Map<?, ?>) result.metrics().get("validation")).get("loss"));
        Provenance.Software software =
                Provenance.softwareOf(TrainingCheckpoint.read(result.model()).provenance());
        return finish(key, result.test().calls(), figures, start, software);
    }

    private WorkFolder.Finished finish(
            WorkFolder.Key key, int[] calls, RunFigures figures, long start, Provenance.Software software)
            throws IOException {
        WorkFolder.Finished finished = new WorkFolder.Finished(
                key.digest(),
                calls,
                figures,
                Provenance.commit(),
                (System.nanoTime() - start) / 1_000_000_000L,
                software);
        work.finish(key, finished);
        options.listener()
                .note(String.format(
                        Locale.ROOT,
                        "  tested and kept in %s after %,d s; its checkpoints are removed",
                        work.file(key),
                        finished.seconds()));
        return finished;
    }

    private WorkFolder.Key key(Arm arm, long seed) {
        Map<String, Object> made = made();
        made.put("protocol", protocol());
        made.put("arm", arm.key());
        made.put("encoder", encoder.config());
        if (arm == Arm.PRETRAINED) {
            made.put("weights", encoder.sha256());
        }
        made.put("seed", seed);
        return WorkFolder.Key.of(
                String.format(Locale.ROOT, "%s.%s.seed%d", files.set().fileName(), arm.key(), seed), made);
    }

    private Map<String, Object> made() {
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("format", FORMAT);
        made.put("files", digests);
        made.put("trainRows", used.train().size());
        return made;
    }

    /** The k-mer control, tuned on dev. */
    WorkFolder.Finished control() throws IOException {
        WorkFolder.Key key = WorkFolder.Key.of(files.set().fileName() + ".control", made());
        WorkFolder.Finished done = work.finished(key).orElse(null);
        if (done != null) {
            options.listener().note("  done before");
            return done;
        }
        long start = System.nanoTime();
        TunedKmerControl control = TunedKmerControl.fit(used.train(), used.dev(), used.classes());
        RunFigures figures =
                RunFigures.ofControl(control.settings().k(), control.settings().l2(), control.devLoss());
        return finish(key, control.score(used.test()).calls(), figures, start, null);
    }

    /** Where a fine-tuning starts. */
    enum Arm {
        /** The encoder's weights. */
        PRETRAINED("pretrained"),
        /** The same sizes, random values. */
        RANDOM_INIT("random-init");

        private final String key;

        Arm(String key) {
            this.key = key;
        }

        String key() {
            return key;
        }
    }

    /**
     * What is the same about an encoder wherever it lies.
     *
     * @param config sizes
     * @param sha256 of all weights
     */
    record EncoderDigest(EncoderConfig config, String sha256) {
        static EncoderDigest of(Path directory) {
            TrainingCheckpoint checkpoint = TrainingCheckpoint.read(directory);
            return new EncoderDigest(checkpoint.config(), checkpoint.weightsSha256());
        }
    }
}
