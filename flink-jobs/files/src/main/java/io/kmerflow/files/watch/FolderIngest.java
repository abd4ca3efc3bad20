package io.kmerflow.files.watch;

import io.kmerflow.files.watch.IngestLedger.FileState;
import io.kmerflow.files.watch.RunFolder.Entry;
import io.kmerflow.job.deadletter.DeadLetterPolicy;
import io.kmerflow.job.deadletter.DeadLetters;
import io.kmerflow.job.kafka.IngestTopics;
import io.kmerflow.sequence.file.UnclearQualitiesException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Watches a run folder until its end-of-run marker is there and every file is on the topics. Not a Flink job: a Flink sink
 * puts each record in once only by transactions, which a broker aborts when the process stays away longer than their
 * timeout, and hides from readers until a checkpoint; here a restart reads back what is on the topics and adds the rest.
 */
public final class FolderIngest {
    /**
     * How far the folder is.
     *
     * @param ended whether the run is over and everything is on the topics; false if stopped before
     * @param files sequence files begun
     * @param reads on the topic, of this and earlier runs of the watcher
     * @param deadLetters on the topic, likewise
     * @param newReads put there by this run of the watcher
     * @param refused files that were not read, since it is not clear how they spell qualities
     */
    public record Summary(boolean ended, int files, long reads, long deadLetters, long newReads, Set<String> refused) {}

    private final WatchSettings settings;
    private final IngestTopics topics;
    private final DeadLetterPolicy policy;
    private final Consumer<String> progress;
    private final BooleanSupplier stopped;
    private final Set<String> shrunk = new HashSet<>();
    private final Set<String> refused = new TreeSet<>();

    /**
     * @param progress gets a line per file and when the run ends
     * @param stopped asked between records and looks
     */
    public FolderIngest(
            WatchSettings settings,
            IngestTopics topics,
            DeadLetterPolicy policy,
            Consumer<String> progress,
            BooleanSupplier stopped) {
        this.settings = settings;
        this.topics = topics;
        this.policy = policy;
        this.progress = progress;
        this.stopped = stopped;
    }

    /**
     * Watches until the run ends, or until stopped.
     *
     * @throws IllegalArgumentException if another watcher holds the ledger, or it is about other topics
     */
    public Summary run() throws IOException, InterruptedException {
        RunFolder folder = new RunFolder(settings);
        try (IngestLedger ledger = IngestLedger.open(settings.ledger(), topics.target())) {
            long before = reads(ledger);
            FileIngest ingest = new FileIngest(topics, ledger, new DeadLetters(policy), settings, stopped);
            if (!ledger.files().isEmpty()) {
                progress.accept(String.format(
                        Locale.ROOT,
                        "going on: %,d reads of %,d files are on the topic",
                        before,
                        ledger.files().size()));
            }
            boolean ended = false;
            boolean endSeen = false;
            while (!ended && !stopped.getAsBoolean()) {
                RunFolder.Look look = folder.look(System.nanoTime());
                if (look.ended() && !endSeen) {
                    endSeen = true;
                    progress.accept("end of run; waiting for the last files");
                }
                // Files written before the marker must have settled before the run counts as over.
                boolean last = look.ended() && look.allSettled();
                boolean idle = true;
                for (Entry file : look.files()) {
                    if (file.settled() && !stopped.getAsBoolean() && isNew(file, ledger.file(file.name()), last)) {
                        idle = false;
                        one(ingest, file, last);
                    }
                }
                ended = last && idle;
                if (!ended && idle) {
                    Thread.sleep(settings.poll().toMillis());
                }
            }
            return new Summary(
                    ended,
                    ledger.files().size(),
                    reads(ledger),
                    ledger.files().values().stream()
                            .mapToLong(FileState::deadLetters)
                            .sum(),
                    reads(ledger) - before,
                    Set.copyOf(refused));
        }
    }

    private boolean isNew(Entry file, FileState state, boolean last) {
        if (refused.contains(file.name())) {
            return false; // its records stay off the topic until it is given an encoding
        }
        if (state == null || state.begun() != null || file.bytes() > state.bytes() || last && !state.whole()) {
            return true;
        }
        if (file.bytes() < state.bytes() && shrunk.add(file.name())) {
            progress.accept(String.format(
                    Locale.ROOT,
                    "%s: expected a file that only grows, it had %,d bytes and has %,d now; what was read stays",
                    file.name(),
                    state.bytes(),
                    file.bytes()));
        }
        return false;
    }

    private void one(FileIngest ingest, Entry file, boolean last) throws IOException {
        try {
            FileState state = ingest.ingest(file, last);
            progress.accept(String.format(
                    Locale.ROOT,
                    "%s: %,d reads, %,d dead letters%s",
                    file.name(),
                    state.reads(),
                    state.deadLetters(),
                    state.whole() ? "" : "; its end waits for more"));
        } catch (UnclearQualitiesException e) {
            refused.add(file.name());
            progress.accept(file.name() + ": refused, " + e.getMessage());
        } catch (NoSuchFileException e) {
            progress.accept(file.name() + ": moved or removed before it was read");
        }
    }

    private static long reads(IngestLedger ledger) {
        return ledger.files().values().stream().mapToLong(FileState::reads).sum();
    }
}
