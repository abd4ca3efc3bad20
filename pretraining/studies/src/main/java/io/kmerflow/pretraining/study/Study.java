package io.kmerflow.pretraining.study;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
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
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
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

    private static String name(StudyConfig.Arm arm, long seed) {
        return arm.name() + "-s" + seed;
    }

    /** Runs what is not done yet; false if it was asked to stop. */
    public boolean run() throws IOException {
        Path settings = options.out().resolve("study.json");
        String wanted = JSON.writeValueAsString(
                Provenance.startedFrom(JSON.convertValue(config, new TypeReference<Map<String, Object>>() {})));
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
        List<Map<String, Object>> units = new ArrayList<>();
        Map<String, Object> controls;
        Map<String, Object> software;
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
                    Map<String, Object> unit;
                    try {
                        unit = stored(name(arm, seed), () -> unit(session, arm, seed));
                    } catch (Downstream.Stopped e) {
                        return false;
                    }
                    units.add(unit);
                }
            }
            if (!only.isEmpty()) {
                return true;
            }
            options.listener().note("controls");
            controls = stored("controls", this::controls);
            software = Provenance.software(session);
        }
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("settings", JSON.readTree(wanted));
        results.putAll(software);
        results.put("dataSha256", Provenance.digests(dataFiles()));
        results.put("controls", controls);
        results.put("units", units);
        results.put("contrasts", Contrasts.of(config, units, controls));
        results.put("observations", Observations.of(JSON.valueToTree(results)));
        JSON.writeValue(options.out().resolve("results.json").toFile(), results);
        Files.writeString(options.out().resolve("report.html"), StudyReport.of(JSON.valueToTree(results)));
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

    private interface Work {
        Map<String, Object> run() throws IOException;
    }

    private Map<String, Object> stored(String name, Work work) throws IOException {
        Path file = options.out().resolve("units").resolve(name + ".json");
        if (!Files.exists(file)) {
            Path partial = file.resolveSibling(name + ".partial");
            JSON.writeValue(partial.toFile(), work.run());
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return JSON.readValue(file.toFile(), new TypeReference<>() {});
    }

    private Map<String, Object> unit(TorchSession session, StudyConfig.Arm arm, long seed) throws IOException {
        Map<String, Object> unit = new LinkedHashMap<>();
        unit.put("arm", arm.name());
        unit.put("seed", seed);
        unit.put("madeBy", Provenance.software(session)); // a study that goes on may do so with other versions
        List<Object> attention = new ArrayList<>();
        EncoderModel model;
        if (arm.masking() == null) {
            model = EncoderModel.untrained(session, config.model(), seed);
        } else {
            model = pretrain(session, arm, seed, unit, attention);
        }
        try (model) {
            attention.add(attention(
                    model, arm, arm.masking() == null ? 0 : config.pretraining().steps()));
            unit.put("attention", attention);
            unit.put("hidden", hidden(model, arm.tokenStride()));
            List<Object> scores = new ArrayList<>();
            for (Map.Entry<String, Downstream> set : sets.entrySet()) {
                Downstream data = set.getValue();
                scores.add(score(set.getKey(), "probe", arm.tokenStride(), data, data.probe(model, arm.tokenStride())));
                for (int stride : arm.finetuneStrides()) {
                    TrainingConfig training = config.finetuning().withSeed(seed);
                    int[] calls = data.finetune(session, model, stride, training, options.stopped());
                    scores.add(score(set.getKey(), "finetune", stride, data, calls));
                }
                options.listener().note(String.format(Locale.ROOT, "  %s done", set.getKey()));
            }
            unit.put("scores", scores);
            if (seed == config.seeds().get(0)) {
                unit.put("embeddings", KmerMap.of(model));
            }
        }
        return unit;
    }

    private static Map<String, Object> score(String set, String how, int stride, Downstream data, int[] calls) {
        Map<String, Object> score = new LinkedHashMap<>();
        score.put("set", set);
        score.put("how", how);
        score.put("stride", stride);
        score.put("mcc", Downstream.correlation(data.truth(), calls));
        score.put("calls", calls);
        return score;
    }

    private EncoderModel pretrain(
            TorchSession session, StudyConfig.Arm arm, long seed, Map<String, Object> unit, List<Object> attention)
            throws IOException {
        Path run = options.out().resolve("runs").resolve(name(arm, seed));
        Path trace = options.out().resolve("units").resolve(name(arm, seed) + ".tsv");
        long steps = config.pretraining().steps();
        // A checkpoint exactly at every border: whatever arm it is, all are looked at after the same number of steps.
        List<Long> ends = new ArrayList<>(MaskCurriculum.randomMask(steps).borders(steps));
        ends.add(steps);
        PretrainConfig pretraining = new PretrainConfig(
                config.model(),
                config.genomes(),
                config.heldOut(),
                config.leaveOut(),
                new PretrainConfig.Corpus(config.pieceBases(), config.pieceBases(), 1.0, true, arm.tokenStride()),
                arm.masking(),
                config.pretraining().withSeed(seed),
                new PretrainConfig.Evaluation(16, null));
        long started = System.nanoTime();
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
                        trace,
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
        unit.put("pretrainingSeconds", (System.nanoTime() - started) / 1e9);
        int tokens = (config.pieceBases() - config.model().k()) / arm.tokenStride() + 3;
        unit.put("tokens", steps * config.pretraining().batchSize() * tokens);
        unit.put("losses", losses(trace, steps));
        return EncoderModel.of(session, TrainingCheckpoint.read(run.resolve("last")));
    }

    private Genome shared(PretrainConfig.GenomeSource source) {
        return genomes.stream()
                .filter(g -> g.name().equals(source.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Mean loss of up to 100 stretches of equal length, each with its last step and its stage; [step, stage, loss]. */
    private static List<double[]> losses(Path trace, long steps) throws IOException {
        List<String> lines = Files.readAllLines(trace);
        Map<Long, double[]> byStep = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split("\t");
            byStep.put(
                    Long.parseLong(fields[0]),
                    new double[] {Double.parseDouble(fields[1]), Double.parseDouble(fields[2])});
        }
        List<double[]> means = new ArrayList<>();
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
                means.add(new double[] {Math.min(from + each, steps), stage, sum / count});
            }
        }
        return means;
    }

    private Map<String, Object> attention(EncoderModel model, StudyConfig.Arm arm, long step) {
        Map<String, Object> at = new LinkedHashMap<>();
        at.put("step", step);
        at.put(
                "layers",
                AttentionShape.measure(
                        model,
                        Pieces.plain(masks.get(0), config.model().k(), arm.tokenStride(), config.attentionPieces())));
        return at;
    }

    private Map<String, Object> hidden(EncoderModel model, int stride) {
        Map<String, Object> byWidth = new LinkedHashMap<>();
        for (StoredMasks stored : masks) {
            byWidth.put(
                    "" + stored.width(),
                    BaseScores.of(
                            HiddenBases.predict(model, stored, stride), HiddenBases.truth(stored), repeats(stored)));
        }
        byWidth.put("next-k-mer", NextKmer.measure(model, masks.get(0), stride));
        return byWidth;
    }

    private boolean[] repeats(StoredMasks stored) {
        return repeats.computeIfAbsent(stored.width(), width -> Repeats.find(stored, genomes));
    }

    private Map<String, Object> controls() {
        List<byte[]> training = new ArrayList<>();
        Xoshiro256 random = Xoshiro256.of(MASK_SEED, 1, 0);
        Regions regions = Regions.training(genomes, heldOut, config.pieceBases());
        IntStream.range(0, MARKOV_BASES / config.pieceBases())
                .forEach(i -> training.add(regions.draw(config.pieceBases(), random)));
        Map<String, Object> controls = new LinkedHashMap<>();
        Map<String, Object> truths = new LinkedHashMap<>();
        sets.forEach((name, data) -> truths.put(name, data.truth()));
        controls.put("truth", truths);
        Map<String, Object> hidden = new LinkedHashMap<>();
        List<Integer> orders = new ArrayList<>(config.markovOrders());
        orders.add(0, 0);
        for (int order : orders) {
            MarkovModel model = MarkovModel.train(training, order);
            Map<String, Object> byWidth = new LinkedHashMap<>();
            for (StoredMasks stored : masks) {
                byWidth.put(
                        "" + stored.width(),
                        BaseScores.of(HiddenBases.predict(model, stored), HiddenBases.truth(stored), repeats(stored)));
            }
            byWidth.put("next-k-mer", NextKmer.measure(model, masks.get(0)));
            hidden.put(order == 0 ? "majority base (order 0)" : "Markov, order " + order, byWidth);
        }
        controls.put("hidden", hidden);
        return controls;
    }
}
