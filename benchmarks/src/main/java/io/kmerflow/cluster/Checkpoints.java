package io.kmerflow.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Completed checkpoints in the folder that a job keeps them in: {@code FOLDER/JOB/chk-N/_metadata}. */
public final class Checkpoints {
    private static final String PREFIX = "chk-";

    private Checkpoints() {}

    /**
     * The newest completed checkpoint of a job. A checkpoint has its metadata exactly when it is complete: Flink renames
     * the finished file into place.
     *
     * @param folder of the checkpoints of all jobs
     * @param job id
     */
    public static Optional<Path> newest(Path folder, String job) {
        Path own = folder.resolve(job);
        if (!Files.isDirectory(own)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(own)) {
            List<Path> complete = found.filter(
                            path -> path.getFileName().toString().startsWith(PREFIX))
                    .filter(path -> Files.exists(path.resolve("_metadata")))
                    .toList();
            return complete.stream().max(Comparator.comparingLong(Checkpoints::number));
        } catch (IOException e) {
            throw new ClusterException(
                    String.format(Locale.ROOT, "Expected a folder of checkpoints at %s, got %s", own, e), e);
        }
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring(PREFIX.length()));
    }
}
