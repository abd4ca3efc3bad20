package io.kmerflow.cli.serving;

import io.kmerflow.corpus.CorpusOptions;
import io.kmerflow.job.JobOptions;

/** What a corpus is made of. */
final class SnapshotOptions extends JobSwitches {
    SnapshotOptions() {
        super(
                JobSwitch.of(CorpusOptions.OUTPUT, "--out").label("DIR").required(),
                JobSwitch.of(CorpusOptions.FROM, "--from").label("BOUND"),
                JobSwitch.of(CorpusOptions.TO, "--to").label("BOUND"),
                JobSwitch.of(CorpusOptions.SAME_RANGE, "--same-range").label("MANIFEST"),
                JobSwitch.of(CorpusOptions.STATUSES, "--status").label("STATUS"),
                JobSwitch.of(CorpusOptions.MIN_MEAN_QUALITY, "--min-mean-quality")
                        .label("PHRED"),
                JobSwitch.of(CorpusOptions.MIN_BASES, "--min-bases").label("N"),
                JobSwitch.of(CorpusOptions.MAX_BASES, "--max-bases").label("N"),
                JobSwitch.of(CorpusOptions.ONLY_LABELS, "--only-label").label("LABEL"),
                JobSwitch.of(CorpusOptions.EXCLUDE_LABELS, "--exclude-label").label("LABEL"),
                JobSwitch.of(CorpusOptions.LABELLED, "--labelled"),
                JobSwitch.of(CorpusOptions.SAMPLES, "--sample").label("SAMPLE"),
                JobSwitch.of(CorpusOptions.WITHOUT_READS, "--without-reads").label("FILE"),
                JobSwitch.of(CorpusOptions.READS_PER_GROUP, "--reads-per-group").label("N"),
                JobSwitch.of(CorpusOptions.SEED, "--seed").label("N"),
                JobSwitch.of(JobOptions.PARALLELISM, "--parallelism").label("N"));
    }

    int parallelism() {
        return get(JobOptions.PARALLELISM);
    }
}
