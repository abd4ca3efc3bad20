package io.kmerflow.gpucheck;

import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringDevice;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.scoring.SessionRegistry;
import io.kmerflow.token.TokenBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What a device does under the job's own sessions: memory under full load, over model changes, and when its owner thread dies. */
public final class LoadStep {
    private static final int IN_FLIGHT = 4;
    private static final int BATCHES = 40;
    private static final int MOST_WINDOWS = 256;
    private static final int CHANGES = 10;

    /**
     * Of a load.
     *
     * @param windowsPerSecond scored, in batches of many shapes
     * @param memoryMib of the device in use after a tenth, half and all of the time
     */
    public record Load(
            double seconds,
            double windowsPerSecond,
            List<Double> memoryMib,
            double mostMemoryMib,
            GpuMeter.Summary meter) {}

    /**
     * Of model changes: a new model is loaded beside the old, takes over, and the old is let go.
     *
     * @param memoryMib of the device in use after each
     * @param seconds that each took to load
     */
    public record Changes(int changes, List<Double> memoryMib, List<Double> seconds, int failedBatches) {}

    /**
     * Of a dead owner thread.
     *
     * @param inFlight batches that were submitted before it ended
     * @param failedBatches those of them that failed with it
     * @param batchesAfter that were scored afterwards
     * @param sameLogits whether they are what they were before
     */
    public record OwnerThread(int inFlight, int failedBatches, int batchesAfter, boolean sameLogits) {}

    private LoadStep() {}

    /** Full load for so long. */
    public static Load load(CheckModels models, ScoringDevice device, double seconds) {
        ModelBundle bundle = models.bundle(CheckModels.BUNDLED, false);
        try (GpuMeter meter = GpuMeter.start(device);
                ScoringSession session = SessionRegistry.process().acquire(bundle, AgreementStep.options(device))) {
            List<TokenBatch> batches = batches(bundle, device.gpu() ? MOST_WINDOWS : 4);
            long start = System.nanoTime();
            long windows = 0;
            List<Double> memory = new ArrayList<>();
            for (double share : new double[] {0.1, 0.5, 1}) {
                windows += run(session, batches, start + (long) (share * seconds * 1e9));
                memory.add(meter.memoryMib());
            }
            double took = (System.nanoTime() - start) / 1e9;
            GpuMeter.Summary summary = meter.summary();
            return new Load(took, windows / took, memory, summary == null ? 0 : summary.mostMemoryMib(), summary);
        }
    }

    private static long run(ScoringSession session, List<TokenBatch> batches, long end) {
        Deque<CompletableFuture<ScoredBatch>> flying = new ArrayDeque<>();
        long windows = 0;
        int next = 0;
        while (System.nanoTime() < end) {
            TokenBatch batch = batches.get(next++ % batches.size());
            flying.add(session.submit(batch));
            windows += batch.windows();
            if (flying.size() == IN_FLIGHT) {
                flying.remove().join();
            }
        }
        flying.forEach(CompletableFuture::join);
        return windows;
    }

    /** Model changes, with batches scored before and after each. */
    public static Changes changes(CheckModels models, ScoringDevice device) {
        List<ModelBundle> bundles =
                List.of(models.bundle(CheckModels.BUNDLED, false), models.bundle(CheckModels.BUNDLED, true));
        List<Double> memory = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        int failed = 0;
        try (GpuMeter meter = GpuMeter.start(device)) {
            ScoringSession serving = SessionRegistry.process().acquire(bundles.get(0), AgreementStep.options(device));
            List<TokenBatch> batches = batches(bundles.get(0), device.gpu() ? MOST_WINDOWS : 4);
            for (int change = 1; change <= CHANGES; change++) {
                List<CompletableFuture<ScoredBatch>> flying = new ArrayList<>();
                for (TokenBatch batch : batches.subList(0, IN_FLIGHT)) {
                    flying.add(serving.submit(batch));
                }
                long start = System.nanoTime();
                ScoringSession next = SessionRegistry.process()
                        .acquire(bundles.get(change % bundles.size()), AgreementStep.options(device));
                seconds.add((System.nanoTime() - start) / 1e9);
                serving.close();
                serving = next;
                for (TokenBatch batch : batches.subList(0, IN_FLIGHT)) {
                    flying.add(serving.submit(batch));
                }
                failed += failures(flying);
                memory.add(meter.memoryMib());
            }
            serving.close();
        }
        return new Changes(CHANGES, memory, seconds, failed);
    }

    private static int failures(List<CompletableFuture<ScoredBatch>> batches) {
        int failed = 0;
        for (CompletableFuture<ScoredBatch> batch : batches) {
            try {
                batch.join();
            } catch (CompletionException e) {
                failed++;
            }
        }
        return failed;
    }

    /** Ends the device's owner thread while batches are in flight, and goes on. */
    @SuppressWarnings({"removal", "deprecation"}) // nothing else ends a thread against its will
    public static OwnerThread ownerThread(CheckModels models, ScoringDevice device) {
        ModelBundle bundle = models.bundle(CheckModels.BUNDLED, false);
        try (ScoringSession session = SessionRegistry.process().acquire(bundle, AgreementStep.options(device))) {
            List<TokenBatch> batches = batches(bundle, device.gpu() ? MOST_WINDOWS : 4);
            float[] before = session.submit(batches.get(0)).join().logits();
            List<CompletableFuture<ScoredBatch>> flying = new ArrayList<>();
            batches.forEach(batch -> flying.add(session.submit(batch)));
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("kmerflow-scoring-" + device)) {
                    thread.stop();
                }
            }
            int failed = failures(flying);
            List<CompletableFuture<ScoredBatch>> after = new ArrayList<>();
            batches.forEach(batch -> after.add(session.submit(batch)));
            int scored = after.size() - failures(after);
            float[] again = session.submit(batches.get(0)).join().logits();
            return new OwnerThread(flying.size(), failed, scored, java.util.Arrays.equals(before, again));
        }
    }

    /** Batches of many shapes, as a stream of reads makes them; always the same. */
    private static List<TokenBatch> batches(ModelBundle bundle, int mostWindows) {
        Random random = new Random(3);
        List<TokenBatch> batches = new ArrayList<>();
        for (int number = 0; number < BATCHES; number++) {
            batches.add(AgreementStep.batch(bundle, 1 + random.nextInt(mostWindows)));
        }
        return batches;
    }
}
