package io.kmerflow.files.watch;

import io.kmerflow.files.read.SequenceFolder;
import io.kmerflow.sequence.QualityEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How a run folder is watched.
 *
 * @param folder the run folder; its subfolders belong to it
 * @param ledger file that tells what is on the topic already
 * @param include glob patterns of sequence files, matched with the file name
 * @param exclude glob patterns of paths relative to the folder that are left out
 * @param endMarkers glob patterns of file names; one such file in the folder says that the run is over
 * @param settle how long size and time of a file must not change before it is read
 * @param poll time between two looks at the folder
 * @param runId run of reads whose header names none, or null for one derived from the file name
 * @param sampleId sample of all reads, or null for what each header says
 * @param qualityEncoding of FASTQ files, or null: offset 33, and a file that is or may be at 64 is refused
 */
public record WatchSettings(
        Path folder,
        Path ledger,
        List<String> include,
        List<String> exclude,
        List<String> endMarkers,
        Duration settle,
        Duration poll,
        String runId,
        String sampleId,
        QualityEncoding qualityEncoding) {
    /** Files that sequencers and their basecallers write reads into. */
    public static final List<String> INCLUDE = SequenceFolder.NAMES;
    /** What MinKNOW, RTA and BCL Convert write last. */
    public static final List<String> END_MARKERS =
            List.of("final_summary*.txt", "RTAComplete.txt", "CopyComplete.txt", "end-of-run");

    public WatchSettings {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
        endMarkers = List.copyOf(endMarkers);
        if (settle.isNegative() || poll.isNegative() || poll.isZero()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a settle time of 0 s or more and a poll time above 0 s, got %s and %s",
                    settle,
                    poll));
        }
    }
}
