package io.kmerflow.pretraining;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A pretraining run, as its YAML file has it.
 *
 * @param checkpoint training checkpoint to go on from, of the same sizes; what it lacks, such as the head of masked tokens, is fresh;
 *     null for random values
 * @param model sizes of the encoder
 * @param genomes at least one, unless there are reads
 * @param reads corpora of reads that {@code snapshot} has made; default none
 * @param heldOut what training never sees, and the loss is measured on
 * @param leaveOut BED files with regions that training never sees either, for example where test sequences lie
 * @param corpus pieces drawn from the genomes
 * @param masking which tokens are hidden
 * @param training steps and rates
 * @param evaluation loss on held-out pieces under one fixed mask, so that losses of different stages compare
 */
public record PretrainConfig(
        @JsonInclude(JsonInclude.Include.NON_NULL) Path checkpoint,
        EncoderConfig model,
        List<GenomeSource> genomes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ReadSource> reads,
        HeldOutConfig heldOut,
        List<Path> leaveOut,
        Corpus corpus,
        MaskingConfig masking,
        TrainingConfig training,
        Evaluation evaluation) {

    /**
     * A genome file.
     *
     * @param name in reports and the held-out table
     * @param fasta plain or gzip
     * @param weight share of the pieces, relative to the other genomes; default 1
     * @param storage MEMORY (default) or DISK
     */
    public record GenomeSource(String name, Path fasta, Double weight, Storage storage) {
        public GenomeSource {
            if (name == null || fasta == null) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected a genome with name and fasta, got name %s, fasta %s", name, fasta));
            }
            weight = weight == null ? 1.0 : weight;
            storage = storage == null ? Storage.MEMORY : storage;
        }

        /** One kept in memory. */
        public GenomeSource(String name, Path fasta, Double weight) {
            this(name, fasta, weight, null);
        }
    }

    /**
     * A corpus of reads.
     *
     * @param name in reports
     * @param folder that {@code snapshot} has made
     * @param weight share of the pieces, relative to genomes and other corpora; default 1
     */
    public record ReadSource(String name, Path folder, Double weight) {
        public ReadSource {
            if (name == null || folder == null) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected reads with name and folder, got name %s, folder %s", name, folder));
            }
            weight = weight == null ? 1.0 : weight;
        }
    }

    /**
     * Pieces.
     *
     * @param pieceBases longest; default what maxPositions has room for
     * @param minPieceBases shortest; default k + 4, 5 tokens
     * @param fullShare part of full length, the others are uniform in between; default 0.5
     * @param reverseComplement whether half come from the other strand; default true
     * @param tokenStride bases between neighbouring tokens, 1 (overlapping, default) to k (non-overlapping)
     */
    public record Corpus(
            Integer pieceBases,
            Integer minPieceBases,
            Double fullShare,
            Boolean reverseComplement,
            Integer tokenStride) {
        /** Overlapping tokens. */
        public Corpus(Integer pieceBases, Integer minPieceBases, Double fullShare, Boolean reverseComplement) {
            this(pieceBases, minPieceBases, fullShare, reverseComplement, null);
        }
    }

    /** How the bases of a genome are kept. */
    public enum Storage {
        /** One byte per base, unpacked: fine up to a few hundred megabases. */
        MEMORY,
        /** A file NAME.bases in the output directory, one byte per base, read piece by piece: for what memory cannot hold. */
        DISK
    }

    /**
     * Evaluation.
     *
     * @param pieces held-out pieces; default 512
     * @param span of the fixed mask, in tokens; default 10
     */
    public record Evaluation(Integer pieces, Integer span) {
        public Evaluation {
            pieces = pieces == null ? 512 : pieces;
            span = span == null ? 10 : span;
        }
    }

    /** From random values. */
    public PretrainConfig(
            EncoderConfig model,
            List<GenomeSource> genomes,
            List<ReadSource> reads,
            HeldOutConfig heldOut,
            List<Path> leaveOut,
            Corpus corpus,
            MaskingConfig masking,
            TrainingConfig training,
            Evaluation evaluation) {
        this(null, model, genomes, reads, heldOut, leaveOut, corpus, masking, training, evaluation);
    }

    /** Nothing left out. */
    public PretrainConfig(
            EncoderConfig model,
            List<GenomeSource> genomes,
            HeldOutConfig heldOut,
            Corpus corpus,
            MaskingConfig masking,
            TrainingConfig training,
            Evaluation evaluation) {
        this(null, model, genomes, List.of(), heldOut, List.of(), corpus, masking, training, evaluation);
    }

    /** Genomes alone. */
    public PretrainConfig(
            EncoderConfig model,
            List<GenomeSource> genomes,
            HeldOutConfig heldOut,
            List<Path> leaveOut,
            Corpus corpus,
            MaskingConfig masking,
            TrainingConfig training,
            Evaluation evaluation) {
        this(null, model, genomes, List.of(), heldOut, leaveOut, corpus, masking, training, evaluation);
    }

    public PretrainConfig {
        genomes = genomes == null ? List.of() : List.copyOf(genomes);
        reads = reads == null ? List.of() : List.copyOf(reads);
        if (model == null || genomes.isEmpty() && reads.isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected a model and at least one genome or corpus of reads, got model %s, genomes %s, reads %s",
                    model,
                    genomes,
                    reads));
        }
        heldOut = heldOut == null ? HeldOutConfig.defaults() : heldOut;
        leaveOut = leaveOut == null ? List.of() : List.copyOf(leaveOut);
        masking = masking == null ? MaskingConfig.defaults() : masking;
        training = training == null ? TrainingConfig.defaults() : training;
        evaluation = evaluation == null ? new Evaluation(null, null) : evaluation;
        Corpus given = corpus == null ? new Corpus(null, null, null, null) : corpus;
        int stride = given.tokenStride() == null ? 1 : given.tokenStride();
        int room = new KmerTokenizer(new Vocabulary(model.k()), stride).basesOf(model.maxPositions() - 2);
        int longest = given.pieceBases() == null ? room : given.pieceBases();
        if (longest > room) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "Expected pieces of at most %d bases for %d positions, got %d",
                    room,
                    model.maxPositions(),
                    longest));
        }
        corpus = new Corpus(
                longest,
                given.minPieceBases() == null ? Math.min(model.k() + 4, longest) : given.minPieceBases(),
                given.fullShare() == null ? 0.5 : given.fullShare(),
                given.reverseComplement() == null || given.reverseComplement(),
                stride);
    }

    /** The same with other training settings. */
    public PretrainConfig withTraining(TrainingConfig newTraining) {
        return new PretrainConfig(
                checkpoint, model, genomes, reads, heldOut, leaveOut, corpus, masking, newTraining, evaluation);
    }
}
