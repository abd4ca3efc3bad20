package io.kmerflow.cli.serving;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.files.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** Which run folder to watch, and when a file of it counts as written. */
final class WatchOptions {
    private static final String LEDGER = ".kmerflow-ingest.jsonl";

    @Option(
            names = "--watch",
            paramLabel = "DIR",
            description =
                    "Instead of --input: watch a run folder and its subfolders for sequence files, plain or"
                            + " compressed, while the sequencer writes it. Each record goes in once, across restarts and kills.")
    private Path folder;

    @Option(
            names = "--ledger",
            paramLabel = "FILE",
            description = "With --watch: what is on the topics already (default: " + LEDGER + " in the folder).")
    private Path ledger;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "With --watch: how long size and time of a file must not change before it is read (default:"
                    + " ${DEFAULT-VALUE} s).")
    private double settleSeconds;

    @Option(
            names = "--poll",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "With --watch: time between two scans of the folder (default: ${DEFAULT-VALUE} s).")
    private double pollSeconds;

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description =
                    "With --watch: leave out paths relative to the folder, for example 'fastq_fail/**'; repeat for"
                            + " each (default: none).")
    private List<String> exclude = List.of();

    @Option(
            names = "--end-marker",
            paramLabel = "GLOB",
            description = "With --watch: name of a file that marks the end of the run; repeat for each (default:"
                    + " final_summary*.txt, RTAComplete.txt, CopyComplete.txt, end-of-run).")
    private List<String> endMarkers = WatchSettings.END_MARKERS;

    /** Whether a folder is to be watched. */
    boolean given() {
        return folder != null;
    }

    WatchSettings settings(InputOptions input) {
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("Expected a run folder to watch, there is none at " + folder);
        }
        return new WatchSettings(
                folder,
                ledger == null ? folder.resolve(LEDGER) : ledger,
                WatchSettings.INCLUDE,
                exclude,
                endMarkers,
                Duration.ofMillis(Math.round(settleSeconds * 1e3)),
                Duration.ofMillis(Math.round(pollSeconds * 1e3)),
                input.runId(),
                input.sampleId(),
                input.qualityEncoding());
    }
}
