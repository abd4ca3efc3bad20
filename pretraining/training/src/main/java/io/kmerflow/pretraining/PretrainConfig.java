package io.kmerflow.pretraining;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.settings.Setting;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A pretraining run, as its YAML file has it. */
public record PretrainConfig(
        @Setting(
                "Training checkpoint to go on from, of the same sizes; what it lacks, such as the head of masked tokens, is fresh."
                        + " Without it random values.")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Path checkpoint,

        @Setting("Sizes of the encoder.") EncoderConfig model,

        @Setting(value = "Genomes to learn from; at least one, unless there are reads.", byDefault = "[]")
        List<GenomeSource> genomes,

        @Setting(value = "Corpora of reads that `snapshot` has made.", byDefault = "[]")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<ReadSource> reads,

        @Setting(value = "What training never sees, and the validation loss is measured on.", byDefault = "{}")
        HeldOutConfig heldOut,

        @Setting(
                value = "BED files with regions that training never sees either, such as places of test sequences.",
                byDefault = "[]")
        List<Path> leaveOut,

        @Setting(value = "Pieces drawn from the genomes.", byDefault = "{}")
        Corpus corpus,

        @Setting(value = "Which tokens are hidden.", byDefault = "{}")
        MaskingConfig masking,

        @Setting(value = "Steps and rates.", byDefault = "{}")
        TrainingConfig training,

        @Setting(
                value = "Validation loss, on held-out pieces under one fixed mask, so that losses of different stages"
                        + " compare.",
                byDefault = "{}")
        Evaluation evaluation) {

    /** A genome file. */
    public record GenomeSource(
            @Setting("Name in reports and in held-out.tsv.") String name,
            @Setting("FASTA file, plain or gzip.") Path fasta,

            @Setting(value = "Share of the pieces, relative to the other genomes.", byDefault = "1.0")
            double weight,

            @Setting(
                    value =
                            "`MEMORY`: one byte per base, fine up to a few hundred megabases; `DISK`: a file NAME.bases in the"
                                    + " output directory, for what memory cannot hold.",
                    byDefault = "MEMORY")
            Storage storage) {
        public GenomeSource {
            if (name == null || fasta == null) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected a genome with name and fasta, got name %s, fasta %s", name, fasta));
            }
        }
    }

    /** A corpus of reads. */
    public record ReadSource(
            @Setting("Name in reports.") String name,
            @Setting("Folder that `snapshot` has made.") Path folder,

            @Setting(value = "Share of the pieces, relative to genomes and other corpora.", byDefault = "1.0")
            double weight) {
        public ReadSource {
            if (name == null || folder == null) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected reads with name and folder, got name %s, folder %s", name, folder));
            }
        }
    }

    /** Pieces. */
    public record Corpus(
            @Setting(value = "Longest piece; 0: as long as maxPositions has room for.", byDefault = "0")
            int pieceBases,

            @Setting(value = "Shortest piece; 0: k + 4, which is 5 tokens.", byDefault = "0")
            int minPieceBases,

            @Setting(value = "Part of the pieces of full length; the others are uniform in between.", byDefault = "0.5")
            double fullShare,

            @Setting(value = "Whether half come from the other strand.", byDefault = "true")
            boolean reverseComplement,

            @Setting(
                    value = "Bases between neighbouring tokens, 1 (overlapping) to k (non-overlapping).",
                    byDefault = "1")
            int tokenStride) {
        /** With the lengths that the sizes of the encoder leave room for. */
        private Corpus within(EncoderConfig model) {
            int room = new KmerTokenizer(new Vocabulary(model.k()), tokenStride).basesOf(model.maxPositions() - 2);
            int longest = pieceBases == 0 ? room : pieceBases;
            if (longest > room) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "Expected pieces of at most %d bases for %d positions, got %d",
                        room,
                        model.maxPositions(),
                        longest));
            }
            return new Corpus(
                    longest,
                    minPieceBases == 0 ? Math.min(model.k() + 4, longest) : minPieceBases,
                    fullShare,
                    reverseComplement,
                    tokenStride);
        }
    }

    /** How the bases of a genome are kept. */
    public enum Storage {
        /** One byte per base, unpacked. */
        MEMORY,
        /** A file, one byte per base, read piece by piece. */
        DISK
    }

    /** Evaluation. */
    public record Evaluation(
            @Setting(value = "Held-out pieces.", byDefault = "512")
            int pieces,

            @Setting(value = "Span of the fixed mask, in tokens.", byDefault = "10")
            int span) {}

    public PretrainConfig {
        genomes = List.copyOf(genomes);
        reads = List.copyOf(reads);
        leaveOut = List.copyOf(leaveOut);
        if (model == null || genomes.isEmpty() && reads.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a model and at least one genome or corpus of reads, got model %s, genomes %s, reads %s",
                    model,
                    genomes,
                    reads));
        }
        corpus = corpus.within(model);
    }
}
