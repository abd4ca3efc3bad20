package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.Pretraining;
import io.kmerflow.pretraining.Provenance;
import io.kmerflow.pretraining.RunOptions;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.corpus.Genome;
import io.kmerflow.pretraining.corpus.HeldOut;
import io.kmerflow.pretraining.corpus.InMemoryGenome;
import io.kmerflow.pretraining.corpus.Regions;
import io.kmerflow.pretraining.masking.MaskCurriculum;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Trains and measures every arm with every seed, then the controls, and writes results.json and report.html. Each arm and
 * seed is a unit with a result file of its own; a study that resumes goes on with the unit, and inside its pretraining with
 * the checkpoint, where it stopped.
 */
public final class Study {
    private static final ObjectMapper JSON =
            new ObjectMapper().registerModule(new Jdk8Module()).enable(SerializationFeature.INDENT_OUTPUT);
    private static final long MASK_SEED = 77;
    private static final int MARKOV_BASES = 4_000_000;

    private final StudyConfig config;
    private final RunOptions options;
    private final Set<String> only;
    private final List<Genome> genomes = new ArrayList<>();
    private final Map<String, Downstream> sets = new LinkedHashMap<>();
    private final List<StoredMasks> masks = new ArrayList<>();
    private final Map<Integer, boolean[]> repeats = new LinkedHashMap<>();
    private HeldOut heldOut;

    /** The whole study. */
    public Study(StudyConfig config, RunOptions options) {
        this(config, options, List.of());
    }

    /**
     * @param options dataRoot is the directory with {@code genomes/} and {@code gue/}; trace is not used
     * @param only names of the units to run, ARM-sSEED, so that several processes can share a study; empty runs the whole study
     *     and writes its report
     * @throws IllegalArgumentException if the study has no unit of such a name
     */
    public Study(StudyConfig config, RunOptions options, List<String> only) {
        this.config = config;
        this.options = options;
        this.only = Set.copyOf(only);
        List<String> known = config.seeds().stream()
                .flatMap(seed -> config.arms().stream().map(arm -> name(arm, seed)))
                .toList();
        for (String name : only) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("Expected units of " + known + ", got '" + name + "'");
            }
        }
    }

    /** As study.json has it, by which a study is known again: of files the names alone. */
    static String settings(StudyConfig config) throws IOException {
        return JSON.writeValueAsString(
                Provenance.startedFrom(JSON.convertValue(config, new TypeReference<Map<String, Object>>() {})));
    }

    private static String name(StudyConfig.Arm arm, long seed) {
        return arm.name() + "-s" + seed;
    }

    /** Runs what is not done yet; false if it was asked to stop. */
    public boolean run() throws IOException {
        Path settings = options.out().resolve("study.json");
        String wanted = settings(config);
        if (Files.exists(settings)
                && !(options.resume() && Files.readString(settings).equals(wanted))) {
            throw new IllegalArgumentException(
                    "Expected a directory without a study, or --resume with the same settings, got " + options.out());
        }
        Files.createDirectories(options.out().resolve("units"));
        if (!Files.exists(settings)) {
            Path partial = Files.createTempFile(options.out(), "study", ".partial");
            Files.writeString(partial, wanted);
            Files.move(partial, settings, StandardCopyOption.REPLACE_EXISTING);
        }
        prepare();
        List<UnitResult> units = new ArrayList<>();
        Controls controls;
        Provenance.Software software;
        try (TorchSession session = TorchSession.open(options.device(), options.threads())) {
            int done = 0;
            for (long seed : config.seeds()) {
                for (StudyConfig.Arm arm : config.arms()) {
                    done++;
                    if (!only.isEmpty() && !only.contains(name(arm, seed))) {
                        continue;
                    }
                    options.listener()
                            .note(String.format(
                                    Locale.ROOT,
                                    "unit %d of %d: %s, seed %d",
                                    done,
                                    config.seeds().size() * config.arms().size(),
                                    arm.name(),
                                    seed));
                    try {
                        units.add(stored(name(arm, seed), UnitResult.class, () -> unit(session, arm, seed)));
                    } catch (Downstream.Stopped e) {
                        return false;
                    }
                }
            }
            if (!only.isEmpty()) {
                return true;
            }
            options.listener().note("controls");
            controls = stored("controls", Controls.class, this::controls);
            software = Provenance.software(session);
        }
        List<Contrast> contrasts = Contrasts.of(config, units, controls);
        Map<String, Integer> strides = new LinkedHashMap<>();
        config.arms().forEach(arm -> strides.put(arm.name(), arm.tokenStride()));
        StudyResults results = new StudyResults(
                JSON.readTree(wanted),
                software,
                Provenance.digests(dataFiles()),
                controls,
                units,
                contrasts,
                Observations.of(strides, units, contrasts));
        JSON.writeValue(options.out().resolve("results.json").toFile(), results);
        Files.writeString(options.out().resolve("report.html"), StudyReport.of(results));
        return true;
    }

    private void prepare() {
        for (PretrainConfig.GenomeSource source : config.genomes()) {
            genomes.add(InMemoryGenome.read(source.name(), options.dataRoot().resolve(source.fasta())));
        }
        heldOut = HeldOut.plan(genomes, config.heldOut().plan());
        Regions validation = Regions.validation(genomes, heldOut, config.pieceBases());
        for (int width : StudyConfig.MASK_WIDTHS) {
            masks.add(StoredMasks.draw(
                    validation, width, config.model().k(), config.pieceBases(), config.maskPieces(), MASK_SEED));
        }
        for (String set : config.sets()) {
            Downstream read = Downstream.read(gue(set), config.trainRows());
            if (read.trainRows() < config.finetuning().batchSize()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected at least %d training rows in %s, got %d",
                        config.finetuning().batchSize(),
                        set,
                        read.trainRows()));
            }
            sets.put(set, read);
        }
    }

    private List<Path> dataFiles() {
        List<Path> files = new ArrayList<>();
        config.genomes().forEach(g -> files.add(options.dataRoot().resolve(g.fasta())));
        config.leaveOut().forEach(bed -> files.add(options.dataRoot().resolve(bed)));
        sets.keySet().forEach(set -> files.addAll(Downstream.files(gue(set))));
        return files;
    }

    private Path gue(String set) {
        return options.dataRoot().resolve("gue").resolve(set);
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T stored(String name, Class<T> type, Work<T> work) throws IOException {
        Path file = options.out().resolve("units").resolve(name + ".json");
        if (!Files.exists(file)) {
            Path partial = file.resolveSibling(name + ".partial");
            JSON.writeValue(partial.toFile(), work.run());
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return JSON.readValue(file.toFile(), type);
    }

    private UnitResult unit(TorchSession session, StudyConfig.Arm arm, long seed) throws IOException {
        if (arm.masking() == null) {
            try (EncoderModel model = EncoderModel.untrained(session, config.model(), seed)) {
                return measured(session, arm, seed, model, List.of(), null);
            }
        }
        long started = System.nanoTime();
        List<UnitResult.AttentionAt> borders = new ArrayList<>();
        Path last = pretrain(session, arm, seed, borders);
        long steps = config.pretraining().steps();
        int tokens = (config.pieceBases() - config.model().k()) / arm.tokenStride() + 3;
        Pretrained pretrained = new Pretrained(
                (System.nanoTime() - started) / 1e9,
                steps * config.pretraining().batchSize() * tokens,
                losses(trace(arm, seed), steps));
        try (EncoderModel model = EncoderModel.of(session, TrainingCheckpoint.read(last))) {
            return measured(session, arm, seed, model, borders, pretrained);
        }
    }

    private record Pretrained(double seconds, long tokens, List<UnitResult.LossPoint> losses) {}

    /** @param pretrained null for random weights */
    private UnitResult measured(
            TorchSession session,
            StudyConfig.Arm arm,
            long seed,
            EncoderModel model,
            List<UnitResult.AttentionAt> borders,
            Pretrained pretrained) {
        List<UnitResult.AttentionAt> attention = new ArrayList<>(borders);
        attention.add(attention(
                model, arm, pretrained == null ? 0 : config.pretraining().steps()));
        HiddenScores hidden = hidden(model, arm.tokenStride());
        List<Score> scores = new ArrayList<>();
        sets.forEach((set, data) -> {
            int stride = arm.tokenStride();
            scores.add(Score.of(set, How.PROBE, stride, data.truth(), data.probe(model, stride)));
            for (int finetuned : arm.finetuneStrides()) {
                TrainingConfig training = SettingsTree.with(config.finetuning(), Map.of("seed", seed));
                int[] calls = data.finetune(session, model, finetuned, training, options.stopped());
                scores.add(Score.of(set, How.FINETUNE, finetuned, data.truth(), calls));
            }
            options.listener().note(String.format(Locale.ROOT, "  %s done", set));
        });
        return new UnitResult(
                arm.name(),
                seed,
                Provenance.software(session),
                pretrained == null ? null : pretrained.seconds(),
                pretrained == null ? null : pretrained.tokens(),
                pretrained == null ? null : pretrained.losses(),
                attention,
                hidden,
                scores,
                seed == config.seeds().get(0) ? KmerMap.of(model) : null);
    }

    private Path trace(StudyConfig.Arm arm, long seed) {
        return options.out().resolve("units").resolve(name(arm, seed) + ".tsv");
    }

    /**
     * Pretrains to the end, from the last checkpoint if there is one.
     *
     * @param attention gets that at every border of the stages
     * @return the last checkpoint
     */
    private Path pretrain(TorchSession session, StudyConfig.Arm arm, long seed, List<UnitResult.AttentionAt> attention)
            throws IOException {
        Path run = options.out().resolve("runs").resolve(name(arm, seed));
        long steps = config.pretraining().steps();
        // A checkpoint exactly at every border: whatever arm it is, all are looked at after the same number of steps.
        List<Long> ends = new ArrayList<>(MaskCurriculum.randomMask(steps).borders(steps));
        ends.add(steps);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", config.model());
        values.put("genomes", config.genomes());
        values.put("heldOut", config.heldOut());
        values.put("leaveOut", config.leaveOut());
        values.put("corpus.pieceBases", config.pieceBases());
        values.put("corpus.minPieceBases", config.pieceBases());
        values.put("corpus.fullShare", 1);
        values.put("corpus.tokenStride", arm.tokenStride());
        values.put("masking", arm.masking());
        values.put("training", config.pretraining());
        values.put("training.seed", seed);
        values.put("evaluation.pieces", 16);
        PretrainConfig pretraining = SettingsTree.of(values, PretrainConfig.class);
        for (long end : ends) {
            Path at = run.resolve("at-" + end);
            Path last = run.resolve("last");
            long now = TrainingCheckpoint.exists(last)
                    ? TrainingCheckpoint.read(last).state().step()
                    : 0;
            if (now < end) {
                long[] left = {end - now};
                RunOptions part = new RunOptions(
                        options.dataRoot(),
                        run,
                        true,
                        options.device(),
                        options.threads(),
                        trace(arm, seed),
                        options.listener(),
                        () -> --left[0] <= 0 || options.stopped().getAsBoolean());
                new Pretraining(pretraining, part, this::shared).run();
            }
            TrainingCheckpoint reached = TrainingCheckpoint.read(last);
            if (reached.state().step() < end) {
                throw new Downstream.Stopped();
            }
            if (end < steps) {
                if (!TrainingCheckpoint.exists(at) && reached.state().step() == end) {
                    reached.withoutState().write(at);
                }
                try (EncoderModel model = EncoderModel.of(session, TrainingCheckpoint.read(at))) {
                    attention.add(attention(model, arm, end));
                }
            }
        }
        return run.resolve("last");
    }

    private Genome shared(PretrainConfig.GenomeSource source) {
        return genomes.stream()
                .filter(g -> g.name().equals(source.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Mean loss of up to 100 stretches of equal length. */
    private static List<UnitResult.LossPoint> losses(Path trace, long steps) throws IOException {
        List<String> lines = Files.readAllLines(trace);
        Map<Long, double[]> byStep = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split("\t");
            byStep.put(
                    Long.parseLong(fields[0]),
                    new double[] {Double.parseDouble(fields[1]), Double.parseDouble(fields[2])});
        }
        List<UnitResult.LossPoint> means = new ArrayList<>();
        long each = Math.max(1, steps / 100);
        for (long from = 0; from < steps; from += each) {
            double sum = 0;
            int count = 0;
            double stage = 0;
            for (long step = from; step < Math.min(from + each, steps); step++) {
                double[] found = byStep.get(step);
                if (found != null) {
                    sum += found[1];
                    stage = found[0];
                    count++;
                }
            }
            if (count > 0) {
                means.add(new UnitResult.LossPoint(Math.min(from + each, steps), (int) stage, sum / count));
            }
        }
        return means;
    }

    private UnitResult.AttentionAt attention(EncoderModel model, StudyConfig.Arm arm, long step) {
        return new UnitResult.AttentionAt(
                step,
                AttentionShape.measure(
                        model,
                        Pieces.plain(masks.get(0), config.model().k(), arm.tokenStride(), config.attentionPieces())));
    }

    private HiddenScores hidden(EncoderModel model, int stride) {
        Map<String, BaseScores> byWidth = new LinkedHashMap<>();
        for (StoredMasks stored : masks) {
            byWidth.put(
                    "" + stored.width(),
                    BaseScores.of(
                            HiddenBases.predict(model, stored, stride), HiddenBases.truth(stored), repeats(stored)));
        }
        return new HiddenScores(byWidth, NextKmer.measure(model, masks.get(0), stride));
    }

    private boolean[] repeats(StoredMasks stored) {
        return repeats.computeIfAbsent(stored.width(), width -> Repeats.find(stored, genomes));
    }

    private Controls controls() {
        List<byte[]> training = new ArrayList<>();
        Xoshiro256 random = Xoshiro256.of(MASK_SEED, 1, 0);
        Regions regions = Regions.training(genomes, heldOut, config.pieceBases());
        IntStream.range(0, MARKOV_BASES / config.pieceBases())
                .forEach(i -> training.add(regions.draw(config.pieceBases(), random)));
        Map<String, int[]> truths = new LinkedHashMap<>();
        sets.forEach((name, data) -> truths.put(name, data.truth()));
        Map<String, HiddenScores> hidden = new LinkedHashMap<>();
        List<Integer> orders = new ArrayList<>(config.markovOrders());
        orders.add(0, 0);
        for (int order : orders) {
            MarkovModel model = MarkovModel.train(training, order);
            Map<String, BaseScores> byWidth = new LinkedHashMap<>();
            for (StoredMasks stored : masks) {
                byWidth.put(
                        "" + stored.width(),
                        BaseScores.of(HiddenBases.predict(model, stored), HiddenBases.truth(stored), repeats(stored)));
            }
            hidden.put(
                    order == 0 ? "majority base (order 0)" : "Markov, order " + order,
                    new HiddenScores(byWidth, NextKmer.measure(model, masks.get(0))));
        }
        return new Controls(truths, hidden);
    }
}
