package io.kmerflow.cli.doctor;

import io.kmerflow.benchmark.KeepUpBenchmark;
import io.kmerflow.benchmark.Sequencer;
import io.kmerflow.bundle.BundleForms;
import io.kmerflow.bundle.ModelBundle;
import io.kmerflow.cli.base.BenchReads;
import io.kmerflow.cli.base.Home;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The short form of {@code bench keep-up}: how fast the job annotates the sample reads, and with which sequencers it may keep up. */
final class SpeedCheck {
    static final Duration MEASURED = Duration.ofSeconds(10);
    /** Part of the rate of a flooded job at which waiting times stay short. */
    private static final double HEADROOM = 0.7;

    private SpeedCheck() {}

    /**
     * Measures broker, job and clients on all cores of this machine.
     *
     * @param bundle folder or zip
     * @param longReads the nanopore sample; else the Illumina sample
     * @param measured about how long; a warm-up takes as long before
     */
    static String of(Path bundle, boolean longReads, Duration measured) throws Exception {
        ModelBundle form = ModelBundle.read(BundleForms.choose(bundle, BundleForms.AUTO, false));
        Path sample = Home.samples().resolve(longReads ? "nanopore.fastq.gz" : "illumina_R1.fastq.gz");
        double rate = new KeepUpBenchmark(
                        new KeepUpBenchmark.Settings(
                                form,
                                BenchReads.of(sample, form.contract().minReadBases()),
                                Runtime.getRuntime().availableProcessors(),
                                false),
                        line -> {})
                .flooded(measured);
        return says(rate, longReads);
    }

    static String says(double basesPerSecond, boolean longReads) {
        String sequencers = Stream.of(Sequencer.values())
                .filter(sequencer -> sequencer.longReads() == longReads)
                .filter(sequencer -> sequencer.basesPerSecond() <= HEADROOM * basesPerSecond)
                .map(Sequencer::toString)
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "%,.0f bases/s at most; at %.0f %% of that it keeps up with %s",
                basesPerSecond,
                100 * HEADROOM,
                sequencers.isEmpty() ? "none of the sequencers of 'bench keep-up'" : sequencers);
    }
}
