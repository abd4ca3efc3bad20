package io.kmerflow.job.batch;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers windows of like length in buckets, so that a batch holds little padding, and hands a bucket out as a batch when
 * it is full, too old, or asked for. A full window has a bucket nearly to itself; below 64 tokens a bucket spans 8 tokens,
 * above it an eighth of an octave, so that at most one token in nine is padding.
 *
 * @param <W> the caller's handle of a window
 */
public final class MicroBatcher<W> {
    private static final int FINE_TOKENS = 64;
    private static final int FINE_STEP = 8;
    private static final int STEPS_PER_OCTAVE = 8;

    private final BatchLimits limits;
    private final List<Bucket<W>> buckets = new ArrayList<>();
    private int maxTokens;
    private int size;

    private static final class Bucket<W> {
        private List<W> windows = new ArrayList<>();
        private int tokensPerWindow;
        private long oldestMillis;
    }

    /** @param limits of a batch */
    public MicroBatcher(BatchLimits limits) {
        this.limits = limits;
        this.maxTokens = limits.maxTokens();
    }

    /** Windows waiting. */
    public int size() {
        return size;
    }

    /**
     * Adds a window.
     *
     * @param window handle
     * @param tokens its tokens, with [CLS] and [SEP]
     * @param nowMillis time on the caller's clock, never less than before
     * @return a batch that is now full, or null
     */
    public MicroBatch<W> add(W window, int tokens, long nowMillis) {
        Bucket<W> bucket = bucket(bucketOf(tokens));
        MicroBatch<W> full = null;
        int width = Math.max(bucket.tokensPerWindow, tokens);
        if (!bucket.windows.isEmpty() && (long) width * (bucket.windows.size() + 1) > maxTokens) {
            full = take(bucket); // one more would not fit: the window begins the next batch
            width = tokens;
        }
        if (bucket.windows.isEmpty()) {
            bucket.oldestMillis = nowMillis;
        }
        bucket.windows.add(window);
        bucket.tokensPerWindow = width;
        size++;
        boolean noRoom = (long) width * (bucket.windows.size() + 1) > maxTokens;
        if (full == null && (noRoom || bucket.windows.size() == limits.maxWindows())) {
            full = take(bucket);
        }
        return full;
    }

    /** The batch of the oldest window if it has reached the age limit, or null. */
    public MicroBatch<W> pollOverdue(long nowMillis) {
        Bucket<W> oldest = oldest();
        return oldest != null && nowMillis >= dueMillis(oldest) ? take(oldest) : null;
    }

    /** The batch of the oldest window, or null if none waits. */
    public MicroBatch<W> pollOldest() {
        Bucket<W> oldest = oldest();
        return oldest == null ? null : take(oldest);
    }

    /** When the oldest window reaches the age limit, or {@link Long#MAX_VALUE} if none waits. */
    public long nextDueMillis() {
        Bucket<W> oldest = oldest();
        return oldest == null ? Long.MAX_VALUE : dueMillis(oldest);
    }

    /** Lowers the token limit for good, for a device that has no memory for more; never raises it. */
    public void lowerMaxTokens(int tokens) {
        maxTokens = Math.max(1, Math.min(maxTokens, tokens));
    }

    private long dueMillis(Bucket<W> bucket) {
        return bucket.oldestMillis + limits.maxAgeMillis();
    }

    private Bucket<W> oldest() {
        Bucket<W> oldest = null;
        for (Bucket<W> bucket : buckets) {
            if (!bucket.windows.isEmpty() && (oldest == null || bucket.oldestMillis < oldest.oldestMillis)) {
                oldest = bucket;
            }
        }
        return oldest;
    }

    private MicroBatch<W> take(Bucket<W> bucket) {
        MicroBatch<W> batch = new MicroBatch<>(bucket.windows, bucket.tokensPerWindow, bucket.oldestMillis);
        size -= bucket.windows.size();
        bucket.windows = new ArrayList<>(bucket.windows.size());
        bucket.tokensPerWindow = 0;
        return batch;
    }

    private Bucket<W> bucket(int index) {
        while (buckets.size() <= index) {
            buckets.add(new Bucket<>());
        }
        return buckets.get(index);
    }

    /** Bucket of a length: {@code (0, 8]}, {@code (8, 16]}, ... {@code (64, 72]}, ... {@code (128, 144]}, ... */
    static int bucketOf(int tokens) {
        int last = Math.max(0, tokens - 1);
        if (last < FINE_TOKENS) {
            return last / FINE_STEP;
        }
        int octave = 31 - Integer.numberOfLeadingZeros(last / FINE_TOKENS);
        int step = last / (FINE_TOKENS / STEPS_PER_OCTAVE << octave) - STEPS_PER_OCTAVE;
        return FINE_TOKENS / FINE_STEP + octave * STEPS_PER_OCTAVE + step;
    }
}
