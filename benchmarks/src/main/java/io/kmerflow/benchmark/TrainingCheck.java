package io.kmerflow.benchmark;

import io.kmerflow.pretraining.RunDirectory;
import io.kmerflow.pretraining.checkpoint.TrainingCheckpoint;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.masking.SpanMasker;
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
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Training on one device: the losses of some steps from a fixed seed, their speed, and whether a run that goes on from a
 * checkpoint repeats the losses of the one that wrote it. Two results of different devices are compared by
 * {@link TrainingComparison}. PyTorch reads at its start whether TF32 is allowed, so fp32 and TF32 are two processes.
 */
public final class TrainingCheck {
    /** Batches that the steps take in turn: few, so that the loss falls far enough within 100 steps to show what goes wrong. */
    private static final int BATCHES = 4;

    private static final long BASES_STREAM = 0xBA5E;
    private static final long MASKS_STREAM = 0x3A5C;
    private static final int MEMORY_EVERY = 10;

    /**
     * What to train.
     *
     * @param name of the size, for the report
     * @param encoder sizes; dropout 0, since CPU and GPU draw different numbers
     * @param learningRate highest; linear warm-up over the first tenth of the steps
     * @param device {@code cpu} or {@code gpu}
     * @param threads of one operation; 0 leaves PyTorch's own choice
     * @param rows sequences per step
     * @param tokens of the longest sequence; every second one has half as many
     * @param steps at most
     * @param limit most time for all of it; when it is over the check ends with the steps done so far
     * @param seed of weights, sequences and masks
     * @param deviceMemoryBytes used memory of the device, asked every 10 steps; empty if unknown
     */
    public record Settings(
            String name,
            EncoderConfig encoder,
            double learningRate,
            String device,
            int threads,
            int rows,
            int tokens,
            int steps,
            Duration limit,
            long seed,
            Supplier<OptionalLong> deviceMemoryBytes) {
        public Settings {
            if (rows < 2 || tokens < 8 || tokens > encoder.maxPositions() || steps < 2) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected 2 rows or more of 8 to %d tokens and 2 steps or more, got %d of %d and %d",
                        encoder.maxPositions(),
                        rows,
                        tokens,
                        steps));
            }
            if (encoder.dropout() != 0) {
                throw new IllegalArgumentException("Expected dropout 0, got " + encoder.dropout());
            }
        }

        /** The shape of the encoder of 4 layers: 16 sequences of up to 128 tokens, 100 steps. */
        public static Settings encoder(String device, int threads, Duration limit) {
            return new Settings(
                    "encoder",
                    new EncoderConfig(6, 256, 4, 4, 512, 512, 2, 0, 1e-12),
                    1e-3,
                    device,
                    threads,
                    16,
                    128,
                    100,
                    limit,
                    1,
                    OptionalLong::empty);
        }

        /** BERT's base size, as DNABERT: 16 sequences of up to 128 tokens, 100 steps. */
        public static Settings base(String device, int threads, Duration limit) {
            return new Settings(
                    "base",
                    EncoderConfig.base(6).withDropout(0),
                    1e-4,
                    device,
                    threads,
                    16,
                    128,
                    100,
                    limit,
                    1,
                    OptionalLong::empty);
        }

        /** The same with other batches, for example large ones to measure a GPU's speed. */
        public Settings withBatch(int newRows, int newTokens) {
            return new Settings(
                    name,
                    encoder,
                    learningRate,
                    device,
                    threads,
                    newRows,
                    newTokens,
                    steps,
                    limit,
                    seed,
                    deviceMemoryBytes);
        }

        /** The same with another number of steps. */
        public Settings withSteps(int newSteps) {
            return new Settings(
                    name,
                    encoder,
                    learningRate,
                    device,
                    threads,
                    rows,
                    tokens,
                    newSteps,
                    limit,
                    seed,
                    deviceMemoryBytes);
        }

        /** The same with a source of the device's used memory. */
        public Settings withDeviceMemory(Supplier<OptionalLong> source) {
            return new Settings(name, encoder, learningRate, device, threads, rows, tokens, steps, limit, seed, source);
        }
    }

    /**
     * Going on from a checkpoint.
     *
     * @param fromStep steps done when the checkpoint was written
     * @param steps that were repeated
     * @param bitwiseEqual whether each loss is the same number
     * @param largestDifference of a loss, in nats
     */
    public record Resume(int fromStep, int steps, boolean bitwiseEqual, double largestDifference) {}

    /**
     * What came out.
     *
     * @param size its name
     * @param device as PyTorch names it
     * @param tf32 whether matrix products may round their factors to TF32
     * @param pytorch version
     * @param parameters of the model
     * @param rows sequences per step
     * @param tokensPerStep real tokens, mean over the batches
     * @param stepsAsked steps that were wanted
     * @param losses of the steps that were done, in nats, before each update
     * @param medianStepMillis from the batch on the host to the loss and the gradient's norm on the host, which waits for the
     *     device; the first tenth of the steps, at most 10, left out. The update itself may run into the next step
     * @param quartileMillis first and third quartile of it
     * @param tokensPerSecond real tokens at the median
     * @param resume null if the time was over before
     * @param memoryBytes used memory of the device every 10 steps; empty if nobody told
     * @param seconds of all of it, PyTorch's start included
     */
    public record Result(
            String size,
            String device,
            boolean tf32,
            String pytorch,
            int parameters,
            int rows,
            double tokensPerStep,
            int stepsAsked,
            List<Double> losses,
            double medianStepMillis,
            List<Double> quartileMillis,
            double tokensPerSecond,
            Resume resume,
            List<Long> memoryBytes,
            double seconds) {
        public Result {
            losses = List.copyOf(losses);
            quartileMillis = List.copyOf(quartileMillis);
            memoryBytes = List.copyOf(memoryBytes);
        }

        /** Whether the time was over before the last step. */
        public boolean cutShort() {
            return losses.size() < stepsAsked;
        }

        /** The same as a tree for JSON, in order. */
        public Map<String, Object> tree() {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("size", size);
            tree.put("device", device);
            tree.put("tf32", tf32);
            tree.put("pytorch", pytorch);
            tree.put("parameters", parameters);
            tree.put("rows", rows);
            tree.put("tokensPerStep", tokensPerStep);
            tree.put("stepsAsked", stepsAsked);
            tree.put("steps", losses.size());
            tree.put("medianStepMillis", medianStepMillis);
            tree.put("quartileMillis", quartileMillis);
            tree.put("tokensPerSecond", tokensPerSecond);
            if (resume != null) {
                Map<String, Object> again = new LinkedHashMap<>();
                again.put("fromStep", resume.fromStep());
                again.put("steps", resume.steps());
                again.put("bitwiseEqual", resume.bitwiseEqual());
                again.put("largestDifference", resume.largestDifference());
                tree.put("resume", again);
            }
            if (!memoryBytes.isEmpty()) {
                tree.put("memoryBytes", memoryBytes);
            }
            tree.put("seconds", seconds);
            tree.put("losses", losses);
            return tree;
        }
    }

    private final Settings settings;
    private final BertModel model;

    public TrainingCheck(Settings settings) {
        this.settings = settings;
        this.model = new BertModel(new ParameterLayout(settings.encoder(), HeadConfig.maskedTokens()));
    }

    /**
     * Trains, resumes and tells.
     *
     * @throws IllegalArgumentException if a GPU was asked for and PyTorch has none
     */
    public Result run() throws IOException {
        long start = System.nanoTime();
        List<TrainingBatch> batches = batches();
        Path folder = Files.createTempDirectory("kmerflow-training-check");
        try (TorchSession session = TorchSession.open(settings.device(), settings.threads())) {
            return run(session, batches, folder, start);
        } finally {
            delete(folder);
        }
    }

    private Result run(TorchSession session, List<TrainingBatch> batches, Path folder, long start) throws IOException {
        long limitNanos = settings.limit().toNanos();
        RunDirectory directory = new RunDirectory(folder, false, Map.of());
        List<Double> losses = new ArrayList<>();
        List<Long> nanos = new ArrayList<>();
        List<Long> memory = new ArrayList<>();
        int checkpointAt = -1;
        float[] initial = model.layout().initialize(settings.seed());
        try (Trainer trainer = new Trainer(session, model, training(), initial)) {
            while (losses.size() < settings.steps()) {
                long before = System.nanoTime();
                losses.add(trainer.train(batches.get(losses.size() % BATCHES), false)
                        .loss());
                long now = System.nanoTime();
                nanos.add(now - before);
                if (losses.size() % MEMORY_EVERY == 0) {
                    settings.deviceMemoryBytes().get().ifPresent(memory::add);
                }
                // Two thirds of the time are for these steps: what follows the checkpoint takes as long once more.
                if (checkpointAt < 0 && (2 * losses.size() >= settings.steps() || now - start > limitNanos / 3)) {
                    directory.writeLast(trainer);
                    checkpointAt = losses.size();
                }
                if (now - start > limitNanos * 2 / 3) {
                    break;
                }
            }
        }
        Resume resume = resume(session, directory, batches, losses, checkpointAt, start + limitNanos);
        return result(session, batches, losses, nanos, memory, resume, start);
    }

    private Resume resume(
            TorchSession session,
            RunDirectory directory,
            List<TrainingBatch> batches,
            List<Double> losses,
            int from,
            long deadline) {
        if (from < 0 || from >= losses.size()) {
            return null;
        }
        TrainingCheckpoint checkpoint = TrainingCheckpoint.read(directory.last());
        float[] weights = new float[model.layout().size()];
        model.layout().fill(weights, checkpoint.weights());
        boolean equal = true;
        double largest = 0;
        int step = from;
        try (Trainer trainer = new Trainer(session, model, training(), weights)) {
            directory.restore(trainer, checkpoint);
            while (step < losses.size() && (step == from || System.nanoTime() < deadline)) {
                double loss = trainer.train(batches.get(step % BATCHES), false).loss();
                equal &= loss == losses.get(step);
                largest = Math.max(largest, Math.abs(loss - losses.get(step)));
                step++;
            }
        }
        return new Resume(from, step - from, equal, largest);
    }

    private Result result(
            TorchSession session,
            List<TrainingBatch> batches,
            List<Double> losses,
            List<Long> nanos,
            List<Long> memory,
            Resume resume,
            long start) {
        int warmUp = Math.min(10, nanos.size() / 10);
        long[] timed = nanos.stream().skip(warmUp).mapToLong(Long::longValue).toArray();
        Arrays.sort(timed);
        double median = TrainingBenchmark.millis(timed, 0.5);
        double tokens = batches.stream()
                .mapToLong(batch -> batch.rows().realTokens())
                .average()
                .orElseThrow();
        return new Result(
                settings.name(),
                session.deviceName(),
                session.allowsTf32(),
                session.version(),
                model.layout().size(),
                settings.rows(),
                tokens,
                settings.steps(),
                losses,
                median,
                List.of(TrainingBenchmark.millis(timed, 0.25), TrainingBenchmark.millis(timed, 0.75)),
                tokens * 1e3 / median,
                resume,
                memory,
                (System.nanoTime() - start) / 1e9);
    }

    private TrainingConfig training() {
        long steps = settings.steps();
        // The rate ends at 0 after twice the steps, so that the last ones still move the weights.
        return SettingsTree.of(
                Map.of(
                        "steps", 2 * steps,
                        "batchSize", settings.rows(),
                        "learningRate", settings.learningRate(),
                        "warmUpSteps", Math.max(1, steps / 10),
                        "seed", settings.seed()),
                TrainingConfig.class);
    }

    /** Random sequences as overlapping k-mers, spans of 6 tokens hidden. */
    private List<TrainingBatch> batches() {
        Vocabulary vocabulary = new Vocabulary(settings.encoder().k());
        WindowEncoder encoder = new WindowEncoder(new KmerTokenizer(vocabulary, 1));
        int longest = encoder.tokenizer().basesOf(settings.tokens() - WindowEncoder.SPECIAL_TOKENS);
        int half = encoder.tokenizer().basesOf(Math.max(1, settings.tokens() / 2 - WindowEncoder.SPECIAL_TOKENS));
        SpanMasker masker =
                new SpanMasker(MaskingStrategy.contiguous(6, MaskingStrategy.DEFAULT_PROBABILITY), vocabulary.size());
        List<TrainingBatch> batches = new ArrayList<>();
        for (int number = 0; number < BATCHES; number++) {
            Xoshiro256 random = Xoshiro256.of(settings.seed(), BASES_STREAM, number);
            TokenBatch tokens = new TokenBatch(encoder, settings.rows(), settings.tokens());
            for (int row = 0; row < settings.rows(); row++) {
                byte[] bases = new byte[row % 2 == 0 ? longest : half];
                for (int i = 0; i < bases.length; i++) {
                    bases[i] = (byte) "ACGT".charAt(random.nextInt(4));
                }
                tokens.add(bases, 0, bases.length);
            }
            TokenRows rows = TokenRows.of(tokens);
            Xoshiro256 masks = Xoshiro256.of(settings.seed(), MASKS_STREAM, number);
            do { // a small batch may have drawn no span
                masker.clear();
                for (int row = 0; row < settings.rows(); row++) {
                    masker.mask(rows.tokenIds(), row * rows.width(), rows.tokenCounts()[row], 0, masks);
                }
            } while (masker.positions().length == 0);
            batches.add(new TrainingBatch(rows, masker.positions(), masker.labels(), 6));
        }
        return batches;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
