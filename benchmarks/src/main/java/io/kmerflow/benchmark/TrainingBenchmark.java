package io.kmerflow.benchmark;

import io.kmerflow.bundle.JsonMappers;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.huggingface.BertFiles;
import io.kmerflow.pretraining.model.BertModel;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.model.HeadConfig;
import io.kmerflow.pretraining.model.ParameterLayout;
import io.kmerflow.pretraining.model.TokenRows;
import io.kmerflow.pretraining.random.Xoshiro256;
import io.kmerflow.pretraining.settings.SettingsTree;
import io.kmerflow.pretraining.trainer.TorchSession;
import io.kmerflow.pretraining.trainer.Trainer;
import io.kmerflow.pretraining.trainer.TrainingBatch;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.token.SpecialToken;
import io.kmerflow.token.Vocabulary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Time and memory of a pretraining step: forward, backward, clipping and AdamW on one batch of tokens, over and over, without
 * reading data. What it trains can be written for {@code benchmarks/python/train.py}, which does the same in Python.
 */
public final class TrainingBenchmark {
    private static final long TOKENS_STREAM = 0x70C5;
    private static final double MEBIBYTE = 1 << 20;

    /**
     * What to measure.
     *
     * @param encoder sizes
     * @param rows sequences per step
     * @param tokens per sequence, none of it padding
     * @param maskedShare part of the tokens that is asked for
     * @param warmUpSteps before the clock starts
     * @param steps that are timed
     * @param threads of one operation
     * @param memoryEvery steps between samples of resident memory
     */
    public record Settings(
            EncoderConfig encoder,
            int rows,
            int tokens,
            double maskedShare,
            int warmUpSteps,
            int steps,
            int threads,
            int memoryEvery) {
        public Settings {
            if (rows < 1 || tokens < 3 || tokens > encoder.maxPositions() || !(maskedShare > 0 && maskedShare < 1)) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected 1 row or more of 3 to %d tokens and a masked share between 0 and 1, got %d of %d and %s",
                        encoder.maxPositions(),
                        rows,
                        tokens,
                        maskedShare));
            }
            if (steps < 1 || warmUpSteps < 0 || threads < 1 || memoryEvery < 1) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected 1 step, thread and step between samples or more, and no negative warm-up, got %d, %d, %d and %d",
                        steps,
                        threads,
                        memoryEvery,
                        warmUpSteps));
            }
        }
    }

    private final Settings settings;
    private final ParameterLayout layout;

    public TrainingBenchmark(Settings settings) {
        this.settings = settings;
        this.layout = new ParameterLayout(settings.encoder(), HeadConfig.maskedTokens());
    }

    /** Trains, and tells the median time of a step, its quartiles, tokens per second, losses and memory. */
    public Map<String, Object> run() throws IOException {
        TrainingBatch batch = batch();
        long[] nanos = new long[settings.steps()];
        List<Double> losses = new ArrayList<>();
        List<Map<String, Object>> memory = new ArrayList<>();
        String pytorch;
        try (TorchSession session = TorchSession.open("cpu", settings.threads());
                Trainer trainer = new Trainer(session, new BertModel(layout), training(), layout.initialize(1))) {
            pytorch = session.version();
            int all = settings.warmUpSteps() + settings.steps();
            for (int step = 0; step < all; step++) {
                long start = System.nanoTime();
                double loss = trainer.train(batch, false).loss();
                long took = System.nanoTime() - start;
                losses.add(loss);
                if (step >= settings.warmUpSteps()) {
                    nanos[step - settings.warmUpSteps()] = took;
                }
                if ((step + 1) % settings.memoryEvery() == 0) {
                    memory.add(memory(step + 1));
                }
            }
        }
        Arrays.sort(nanos);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pytorch", pytorch);
        report.put("parameters", layout.size());
        report.put("threads", settings.threads());
        report.put("rows", settings.rows());
        report.put("tokens", settings.tokens());
        report.put("maskedTokens", batch.labels().length);
        report.put("millisPerStep", millis(nanos, 0.5));
        report.put("millisFirstQuartile", millis(nanos, 0.25));
        report.put("millisThirdQuartile", millis(nanos, 0.75));
        report.put("tokensPerSecond", settings.rows() * settings.tokens() * 1e3 / millis(nanos, 0.5));
        report.put("firstLosses", losses.subList(0, Math.min(5, losses.size())));
        report.put("lastLoss", losses.get(losses.size() - 1));
        report.put("memory", memory);
        return report;
    }

    private TrainingConfig training() {
        long steps = settings.warmUpSteps() + settings.steps();
        // A constant rate but for the decay to 0 over a run ten times as long: Python's side has none.
        return SettingsTree.of(
                Map.of(
                        "steps",
                        10 * steps,
                        "batchSize",
                        settings.rows(),
                        "learningRate",
                        1e-4,
                        "warmUpSteps",
                        0,
                        "beta2",
                        0.999,
                        "epsilon",
                        1e-8),
                TrainingConfig.class);
    }

    /** The batch: random k-mers between [CLS] and [SEP], the chosen ones hidden by [MASK]. */
    private TrainingBatch batch() {
        Vocabulary vocabulary = new Vocabulary(settings.encoder().k());
        Xoshiro256 random = Xoshiro256.of(1, TOKENS_STREAM, 0);
        int specials = SpecialToken.values().length;
        int width = settings.tokens();
        int[] ids = new int[settings.rows() * width];
        Arrays.setAll(
                ids,
                i -> i % width == 0
                        ? SpecialToken.CLS.id()
                        : i % width == width - 1
                                ? SpecialToken.SEP.id()
                                : specials + random.nextInt(vocabulary.size() - specials));
        int[] places = IntStream.range(0, ids.length)
                .filter(i -> i % width != 0 && i % width != width - 1)
                .toArray();
        random.shuffle(places);
        int[] positions = Arrays.copyOf(places, Math.max(1, (int) (settings.maskedShare() * places.length)));
        Arrays.sort(positions);
        int[] labels = new int[positions.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = ids[positions[i]];
            ids[positions[i]] = SpecialToken.MASK.id();
        }
        int[] counts = new int[settings.rows()];
        Arrays.fill(counts, width);
        return new TrainingBatch(new TokenRows(ids, counts, width), positions, labels, 0);
    }

    /** Writes weights and sizes as transformers reads them, and batch.json, into a new folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        TrainingCheckpoint start = new TrainingCheckpoint(
                settings.encoder(),
                HeadConfig.maskedTokens(),
                layout.tensors(layout.initialize(1)),
                null,
                Map.of(),
                null,
                List.of(),
                Map.of());
        BertFiles.write(start, folder.resolve("model.safetensors"));
        TrainingBatch batch = batch();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("rows", settings.rows());
        tree.put("width", settings.tokens());
        tree.put("ids", batch.rows().tokenIds());
        tree.put("positions", batch.positions());
        tree.put("labels", batch.labels());
        JsonMappers.COMPACT.writeValue(folder.resolve("batch.json").toFile(), tree);
    }

    /**
     * A percentile, by the nearest rank.
     *
     * @param sorted nanoseconds, ascending
     * @param share 0 for the least to 1 for the greatest
     */
    static double millis(long[] sorted, double share) {
        return sorted[(int) Math.round(share * (sorted.length - 1))] / 1e6;
    }

    private static Map<String, Object> memory(int step) throws IOException {
        Map<String, Object> sample = new LinkedHashMap<>();
        sample.put("step", step);
        sample.put("residentMiB", Math.round(ProcessStatus.residentMebibytes()));
        sample.put(
                "heapMiB",
                Math.round(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted() / MEBIBYTE));
        return sample;
    }
}
