package io.kmerflow.cli.retrain;

import io.kmerflow.contract.ModelContract;
import io.kmerflow.corpus.store.Contents;
import io.kmerflow.corpus.store.CorpusFiles;
import io.kmerflow.corpus.store.CorpusFolder;
import io.kmerflow.corpus.store.Manifest;
import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.pretraining.corpus.LabelledSequence;
import io.kmerflow.pretraining.corpus.SnapshotReads;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.LabelledSet;
import io.kmerflow.schema.CorpusRead;
import io.kmerflow.sequence.Nucleotide;
import io.kmerflow.sequence.identity.ReadDigests;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.file.DataFileWriter;

/** The step that splits the corpus: reads it and the data of earlier, decides, writes two corpora, the ledger and a sample. */
final class SplitStep {
    private static final long SAMPLE_SEED = 0x5A3C;

    private final RetrainConfig config;
    private final Path root;
    private final RunFolder folder;
    private final ModelContract parent;

    SplitStep(RetrainConfig config, Path root, RunFolder folder, ModelContract parent) {
        this.config = config;
        this.root = root;
        this.folder = folder;
        this.parent = parent;
    }

    /** Labelled sequences of a table or a corpus, with the labels they are written with. */
    record Rows(List<byte[]> bases, List<String> labels) {
        static Rows read(Path data) {
            List<byte[]> bases = new ArrayList<>();
            List<String> labels = new ArrayList<>();
            if (SnapshotReads.isCorpus(data)) {
                try {
                    CorpusFolder.open(data).read(read -> {
                        if (read.getLabel() != null) {
                            bases.add(Contents.bytes(read.getBases()));
                            labels.add(read.getLabel());
                        }
                    });
                } catch (IOException e) {
                    throw new CorpusException("Expected a corpus that can be read in " + data + ", got: " + e, e);
                }
                return new Rows(bases, labels);
            }
            LabelledSet set = LabelledSet.read(new FinetuneConfig.Csv(data, data, null), Path.of(""), null);
            for (LabelledSequence row : set.train()) {
                bases.add(row.bases());
                labels.add(set.names().get(row.label()));
            }
            return new Rows(bases, labels);
        }
    }

    /** Does it all; what it found goes into the journal. */
    Map<String, Object> run() throws IOException {
        for (Path place : List.of(folder.train(), folder.heldOut(), folder.ledger(), folder.profileReads())) {
            RunFolder.remove(place);
        }
        Path corpus = config.corpus() == null ? folder.corpus() : root.resolve(config.corpus());
        CorpusFolder source = CorpusFolder.open(corpus);
        List<HeldOutSplit.Candidate> candidates = new ArrayList<>();
        source.read(read -> candidates.add(new HeldOutSplit.Candidate(read, false)));
        candidates.sort(Comparator.comparing(candidate -> candidate.identity().key()));
        int fresh = candidates.size();
        for (RetrainConfig.Replay replay : config.replay()) {
            candidates.addAll(replayed(replay));
        }
        HeldOutLedger ledger = ledger();
        Set<String> old = new HashSet<>(
                parent.labels().stream().map(ModelContract.Label::name).toList());
        Set<String> allowed = config.labels() == null
                ? null
                : new HashSet<>(config.labels().stream()
                        .map(RetrainConfig.NewLabel::name)
                        .toList());
        Path suite = config.evaluation().suite();
        HeldOutSplit.Result result = new HeldOutSplit(
                        config.heldOut().share(),
                        ledger,
                        suite == null
                                ? List.of()
                                : Rows.read(root.resolve(suite)).bases(),
                        old,
                        allowed,
                        config.minReadsPerLabel())
                .split(candidates);
        List<CorpusRead> train = new ArrayList<>();
        List<CorpusRead> heldOut = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            HeldOutSplit.Candidate candidate = candidates.get(i);
            switch (result.parts().get(i)) {
                case TRAIN -> train.add(candidate.read());
                case HELD_OUT -> {
                    heldOut.add(candidate.read());
                    ledger.add(candidate.identity(), candidate.bases());
                }
                case NEAR_HELD_OUT -> {
                    if (!candidate
                            .replayed()) { // under whatever name it comes again: it was not trained on, nor shall it be
                        ledger.add(candidate.identity(), candidate.bases());
                    }
                }
                default -> {}
            }
        }
        requireEnough(train, heldOut, result);
        Manifest from = source.manifest();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("corpus", from.readsDigest());
        found.put("reads", (long) fresh);
        found.put("replayed", (long) candidates.size() - fresh);
        found.put("parts", result.counts());
        found.put("newLabels", result.newLabels());
        found.put("train", write(folder.train(), train, from, result));
        found.put("heldOut", write(folder.heldOut(), heldOut, from, result));
        found.put("trainByLabel", byLabel(train));
        found.put("heldOutByLabel", byLabel(heldOut));
        ledger.write(folder.ledger());
        found.put("ledger", ledger.size());
        found.put("profileReads", profile(heldOut));
        return found;
    }

    private HeldOutLedger ledger() throws IOException {
        HeldOutLedger ledger = new HeldOutLedger();
        Path ofParent = root.resolve(config.parent()).resolve(HeldOutLedger.FILE);
        if (Files.exists(ofParent)) {
            ledger.add(ofParent);
        }
        for (Path file : config.heldOut().ledgers()) {
            ledger.add(root.resolve(file));
        }
        return ledger;
    }

    private void requireEnough(List<CorpusRead> train, List<CorpusRead> heldOut, HeldOutSplit.Result result) {
        long labelled = train.stream().filter(read -> read.getLabel() != null).count();
        if (labelled == 0 || heldOut.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected labelled reads of known or allowed labels to train and to measure on, got %d and %d (%s); label"
                            + " more reads, or lower minReadsPerLabel",
                    labelled,
                    heldOut.size(),
                    result.counts()));
        }
    }

    /** The rows of a table or corpus of earlier, as reads of a run named after it. */
    private List<HeldOutSplit.Candidate> replayed(RetrainConfig.Replay replay) {
        Path data = root.resolve(replay.data());
        Rows rows = Rows.read(data);
        String run = "replay:" + data.toAbsolutePath().normalize().getFileName();
        ReadDigests digests = new ReadDigests();
        Map<String, List<HeldOutSplit.Candidate>> byLabel = new TreeMap<>();
        Map<ByteBuffer, Integer> seen = new HashMap<>();
        for (int i = 0; i < rows.bases().size(); i++) {
            byte[] bases = Nucleotide.normalize(rows.bases().get(i));
            // Named by what it is, so that a table in another order is the same data.
            byte[] digest = digests.canonical(bases);
            int copies = seen.merge(ByteBuffer.wrap(digest), 1, Integer::sum);
            if (copies > 1) {
                continue; // one is enough: the snapshot leaves no sequence twice either
            }
            CorpusRead read = CorpusRead.newBuilder()
                    .setReadId(java.util.HexFormat.of().formatHex(digest, 0, 12))
                    .setRunId(run)
                    .setBases(ByteBuffer.wrap(bases))
                    .setLabel(rows.labels().get(i))
                    .setLabelSources(List.of("replay"))
                    .build();
            byLabel.computeIfAbsent(rows.labels().get(i), l -> new ArrayList<>())
                    .add(new HeldOutSplit.Candidate(read, true));
        }
        List<HeldOutSplit.Candidate> kept = new ArrayList<>();
        for (List<HeldOutSplit.Candidate> ofLabel : byLabel.values()) {
            ofLabel.sort(Comparator.comparing(candidate -> candidate.read().getReadId()));
            kept.addAll(ofLabel.subList(0, Math.min(replay.perLabel().orElse(Integer.MAX_VALUE), ofLabel.size())));
        }
        return kept;
    }

    private static Map<String, Long> byLabel(List<CorpusRead> reads) {
        Map<String, Long> counts = new TreeMap<>();
        reads.forEach(read -> counts.merge(read.getLabel() == null ? "(none)" : read.getLabel(), 1L, Long::sum));
        return counts;
    }

    /** Writes a corpus; its manifest last. */
    private String write(Path place, List<CorpusRead> reads, Manifest from, HeldOutSplit.Result result)
            throws IOException {
        CorpusFolder corpus = CorpusFolder.create(place);
        ReadDigests digests = new ReadDigests();
        reads.sort(
                (one, other) -> Arrays.compareUnsigned(Contents.digest(one, digests), Contents.digest(other, digests)));
        Path file = place.resolve("reads" + CorpusFolder.READS);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(file);
                DataFileWriter<CorpusRead> writer = CorpusFiles.writer(out)) {
            for (CorpusRead read : reads) {
                writer.append(read);
            }
        }
        Contents contents = corpus.finished(reads.size());
        Map<String, Object> settings = new TreeMap<>();
        settings.put("splitOf", from.readsDigest());
        settings.put("heldOutShare", config.heldOut().share());
        Map<String, Long> in = new TreeMap<>();
        in.put("reads", (long) result.parts().size());
        Map<String, Long> leftOut = result.counts();
        corpus.complete(new Manifest(
                Manifest.FORMAT,
                "kmerflow retrain",
                from.ranges(),
                new TreeMap<>(settings),
                new TreeMap<>(in),
                new TreeMap<>(leftOut),
                leftOutShares(leftOut, result.parts().size()),
                contents.kept(),
                Manifest.share(contents.kept().reads(), result.parts().size()),
                contents.models(),
                contents.digest(),
                null,
                null,
                null));
        return contents.digest();
    }

    private static SortedMap<String, Double> leftOutShares(Map<String, Long> leftOut, int reads) {
        SortedMap<String, Double> shares = new TreeMap<>();
        leftOut.forEach((reason, count) -> shares.put(reason, Manifest.share(count, reads)));
        return shares;
    }

    /**
     * FASTQ, or FASTA where a read has no qualities, of the held-out reads with the smallest hashes: of reads that it was trained on a
     * model is too sure, and every other read would look like drift.
     */
    private int profile(List<CorpusRead> reads) throws IOException {
        ReadDigests digests = new ReadDigests();
        Map<CorpusRead, Long> ranks = new java.util.IdentityHashMap<>();
        reads.forEach(read -> ranks.put(
                read, digests.rank(SAMPLE_SEED, Contents.identity(read).key())));
        List<CorpusRead> sorted = new ArrayList<>(reads);
        sorted.sort(Comparator.comparing(ranks::get));
        List<CorpusRead> kept = sorted.subList(0, Math.min(config.export().profileReads(), sorted.size()));
        boolean qualities = kept.stream().allMatch(read -> read.getPhredQualities() != null);
        Files.createFile(
                folder.profileReads(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (Writer out =
                Files.newBufferedWriter(folder.profileReads(), StandardCharsets.US_ASCII, StandardOpenOption.WRITE)) {
            for (int i = 0; i < kept.size(); i++) {
                String bases = new String(Contents.bytes(kept.get(i).getBases()), StandardCharsets.US_ASCII);
                if (qualities) {
                    byte[] phred = Contents.bytes(kept.get(i).getPhredQualities());
                    StringBuilder text = new StringBuilder();
                    for (byte quality : phred) {
                        text.append((char) (quality + 33));
                    }
                    out.write("@read" + i + "\n" + bases + "\n+\n" + text + "\n");
                } else {
                    out.write(">read" + i + "\n" + bases + "\n");
                }
            }
        }
        return kept.size();
    }
}
