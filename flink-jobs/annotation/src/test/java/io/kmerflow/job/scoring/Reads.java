package io.kmerflow.job.scoring;

import io.kmerflow.job.annotate.AnnotationSettings;
import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.ingest.DecodedRead;
import io.kmerflow.job.ingest.Origin;
import io.kmerflow.sequence.Read;
import java.nio.charset.StandardCharsets;

/** Reads and settings for tests. */
final class Reads {
    static final int WINDOW = 20;

    private Reads() {}

    static DecodedRead of(String id, String bases) {
        return of(id, bases, false, null);
    }

    static DecodedRead of(String id, String bases, boolean filtered, byte[] qualities) {
        byte[] ascii = bases.getBytes(StandardCharsets.US_ASCII);
        return DecodedRead.of(
                new Read(id, 0, "run", null, filtered, ascii, qualities),
                null,
                Origin.ofTopic("reads", 0, Integer.parseInt(id.substring(1)), 1_000));
    }

    /** A read of that length that the test model calls even: it has no GGG. */
    static DecodedRead plain(int id, int bases) {
        return of("r" + id, "ACGT".repeat(bases / 4 + 1).substring(0, bases));
    }

    static ScoringSettings settings(int maxWindows, long maxAgeMillis, int inFlight, boolean ordered) {
        return settings(10_000, maxWindows, maxAgeMillis, inFlight, ordered, false);
    }

    static ScoringSettings settings(
            int maxTokens, int maxWindows, long maxAgeMillis, int inFlight, boolean ordered, boolean allowModelChange) {
        return new ScoringSettings(
                new FeedLimits(maxTokens, maxWindows, maxAgeMillis, inFlight),
                ordered,
                allowModelChange,
                AnnotationSettings.DEFAULT,
                DeadLetterPolicy.PLACE_ONLY);
    }
}
