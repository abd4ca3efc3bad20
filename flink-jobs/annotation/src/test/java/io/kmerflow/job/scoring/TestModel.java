package io.kmerflow.job.scoring;

import io.kmerflow.contract.Certainty;
import io.kmerflow.contract.ModelContract;
import io.kmerflow.contract.ModelContract.Aggregation;
import io.kmerflow.contract.ModelContract.Label;
import io.kmerflow.contract.ModelContract.StrandRule;
import io.kmerflow.job.model.ModelIdentity;
import io.kmerflow.job.model.ModelRef;
import io.kmerflow.job.model.OpenModel;
import io.kmerflow.job.model.SessionFactory;
import io.kmerflow.job.model.Succession;
import io.kmerflow.scoring.ScoredBatch;
import io.kmerflow.scoring.ScoringException;
import io.kmerflow.scoring.ScoringSession;
import io.kmerflow.token.TokenBatch;
import io.kmerflow.token.Vocabulary;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model that needs no runtime: windows of 20 bases every 10, labels {@code even} and {@code odd}. A window with an even
 * number of GGG k-mers scores 2 to 0 for even, else 0 to 2. All sessions share one device thread, which lives from the
 * first to the last of them, as in the real registry.
 */
public final class TestModel implements SessionFactory {
    public static final String DIGEST = "sha256:" + "ab".repeat(32);
    public static final int GGG = new Vocabulary(3).id("GGG");

    /** Sessions opened and not closed, over all instances of this process. */
    public static final AtomicInteger OPEN_SESSIONS = new AtomicInteger();

    /** What a window's tokens do to the model; runs on the device thread. */
    public interface Fault extends Serializable {
        /** Called for each batch before it is scored. */
        void before(TokenBatch batch) throws ScoringException;
    }

    private static ExecutorService device;

    private final Fault fault;
    private final String digest;
    /** Standard errors that end a read's scoring; 0 for none. */
    private final double deviations;

    private static synchronized ExecutorService retainDevice() {
        if (OPEN_SESSIONS.getAndIncrement() == 0) {
            device = Executors.newSingleThreadExecutor(task -> {
                Thread thread = new Thread(task, "test-device");
                thread.setDaemon(true);
                return thread;
            });
        }
        return device;
    }

    private static synchronized void releaseDevice() {
        if (OPEN_SESSIONS.decrementAndGet() == 0) {
            device.shutdown();
        }
    }

    public TestModel() {
        this(batch -> {}, DIGEST);
    }

    public TestModel(Fault fault) {
        this(fault, DIGEST);
    }

    public TestModel(Fault fault, String digest) {
        this(fault, digest, 0);
    }

    private TestModel(Fault fault, String digest, double deviations) {
        this.fault = fault;
        this.digest = digest;
        this.deviations = deviations;
    }

    /** The same model, certain of a read at that number of standard errors or after 64 windows. */
    public static TestModel certain(Fault fault, double deviations) {
        return new TestModel(fault, DIGEST, deviations);
    }

    private ModelContract ownContract() {
        return deviations == 0 ? contract() : contract().withCertainty(new Certainty(deviations, 64, 1));
    }

    public static ModelContract contract() {
        return new ModelContract(
                3,
                1,
                new Vocabulary(3).hash(),
                64,
                20,
                10,
                8,
                10,
                StrandRule.UNSTRANDED,
                Aggregation.READ,
                1,
                0.6,
                List.of(new Label("even", "SO:0000001"), new Label("odd", null)));
    }

    @Override
    public OpenModel open(int subtask) {
        return new OpenModel(new ModelIdentity("test", "1", "fp32", digest, ownContract()), new Session(fault));
    }

    /** Any model of a checkpoint or an announcement, wherever it says it lies: all score alike. */
    @Override
    public OpenModel open(int subtask, ModelRef model, Succession served) {
        ModelIdentity identity =
                new ModelIdentity(model.name(), model.version(), "fp32", model.digest(), ownContract());
        return new OpenModel(identity, new Session(fault), model.uri());
    }

    /** Logits of a batch, row by row; a row with a k-mer CCC gives NaN. */
    static float[] logits(TokenBatch batch) {
        int ccc = new Vocabulary(3).id("CCC");
        float[] logits = new float[batch.windows() * 2];
        for (int row = 0; row < batch.windows(); row++) {
            boolean even = count(batch, row, GGG) % 2 == 0;
            logits[2 * row] = even ? 2 : 0;
            logits[2 * row + 1] = even ? 0 : 2;
            if (count(batch, row, ccc) > 0) {
                logits[2 * row] = Float.NaN;
            }
        }
        return logits;
    }

    /** How often a token is in a row. */
    public static int count(TokenBatch batch, int row, int token) {
        int count = 0;
        for (int i = 0; i < batch.tokenCount(row); i++) {
            count += batch.tokenIds()[row * batch.width() + i] == token ? 1 : 0;
        }
        return count;
    }

    /** Whether any row has that token. */
    public static boolean any(TokenBatch batch, int token) {
        for (int row = 0; row < batch.windows(); row++) {
            if (count(batch, row, token) > 0) {
                return true;
            }
        }
        return false;
    }

    private static final class Session implements ScoringSession {
        private final Fault fault;
        private final ExecutorService thread = retainDevice();
        private boolean closed;

        private Session(Fault fault) {
            this.fault = fault;
        }

        @Override
        public CompletableFuture<ScoredBatch> submit(TokenBatch batch) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            fault.before(batch);
                            return new ScoredBatch(logits(batch), 1_000_000);
                        } catch (ScoringException e) {
                            throw new CompletionException(e);
                        }
                    },
                    thread);
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                releaseDevice();
            }
        }
    }
}
