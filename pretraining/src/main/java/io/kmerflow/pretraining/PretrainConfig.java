package io.kmerflow.pretraining;

import io.kmerflow.pretraining.masking.MaskCurriculum;
import io.kmerflow.pretraining.masking.MaskingStrategy;
import io.kmerflow.pretraining.model.EncoderConfig;
import io.kmerflow.pretraining.trainer.TrainingConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * A pretraining run, as its YAML file has it.
 *
 * @param model sizes of the encoder
 * @param genomes at least one
 * @param heldOut what training never sees
 * @param corpus pieces drawn from the genomes
 * @param masking which tokens are hidden
 * @param training steps and rates
 * @param evaluation loss on held-out pieces under one fixed mask, so that losses of different stages compare
 */
public record PretrainConfig(
        EncoderConfig model,
        List<GenomeSource> genomes,
        HeldOutConfig heldOut,
        Corpus corpus,
        Masking masking,
        TrainingConfig training,
        Evaluation evaluation) {

    /**
     * A genome file.
     *
     * @param name in reports and the held-out table
     * @param fasta plain or gzip
     * @param weight share of the pieces, relative to the other genomes; default 1
     */
    public record GenomeSource(String name, Path fasta, Double weight) {
        public GenomeSource {
            if (name == null || fasta == null) {
                throw new IllegalArgumentException(
                        "Expected a genome with name and fasta, got name %s, fasta %s".formatted(name, fasta));
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
     */
    public record Corpus(Integer pieceBases, Integer minPieceBases, Double fullShare, Boolean reverseComplement) {}

    /** Names of masking strategies. */
    public enum Strategy {
        /** DNABERT: k neighbours at every step. */
        CONTIGUOUS,
        /** RandomMask with one span per stage. */
        RANDOM_MASK,
        /** RandomMask with a span drawn per sequence up to the stage's boundary. */
        RANDOM_MASK_DRAWN,
        /** RandomMask's spans from wide to narrow. */
        RANDOM_MASK_REVERSED,
        /** One span, given by {@code span}, at every step. */
        FIXED
    }

    /**
     * Masking.
     *
     * @param strategy default RANDOM_MASK
     * @param probability of a token to be a centre; default 0.025
     * @param span for FIXED, in tokens
     */
    public record Masking(Strategy strategy, Double probability, Integer span) {
        public Masking {
            strategy = strategy == null ? Strategy.RANDOM_MASK : strategy;
            probability = probability == null ? MaskingStrategy.DEFAULT_PROBABILITY : probability;
            if ((strategy == Strategy.FIXED) != (span != null)) {
                throw new IllegalArgumentException(
                        "Expected a span with the strategy FIXED and with no other, got %s with span %s"
                                .formatted(strategy, span));
            }
        }

        /** The strategy for a vocabulary and a budget. */
        public MaskingStrategy toStrategy(int k, long steps) {
            MaskCurriculum curriculum = MaskCurriculum.randomMask(steps);
            return switch (strategy) {
                case CONTIGUOUS -> MaskingStrategy.contiguous(k, probability);
                case RANDOM_MASK -> MaskingStrategy.of(curriculum, MaskingStrategy.Width.BOUNDARY, probability);
                case RANDOM_MASK_DRAWN ->
                    MaskingStrategy.of(curriculum, MaskingStrategy.Width.UP_TO_BOUNDARY, probability);
                case RANDOM_MASK_REVERSED ->
                    MaskingStrategy.of(curriculum.reversed(), MaskingStrategy.Width.BOUNDARY, probability);
                case FIXED ->
                    MaskingStrategy.of(MaskCurriculum.fixed(span), MaskingStrategy.Width.BOUNDARY, probability);
            };
        }
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

    public PretrainConfig {
        if (model == null || genomes == null || genomes.isEmpty()) {
            throw new IllegalArgumentException(
                    "Expected a model and at least one genome, got model %s, genomes %s".formatted(model, genomes));
        }
        genomes = List.copyOf(genomes);
        heldOut = heldOut == null ? HeldOutConfig.defaults() : heldOut;
        masking = masking == null ? new Masking(null, null, null) : masking;
        training = training == null ? TrainingConfig.defaults() : training;
        evaluation = evaluation == null ? new Evaluation(null, null) : evaluation;
        int room = model.maxPositions() - 2 + model.k() - 1;
        Corpus given = corpus == null ? new Corpus(null, null, null, null) : corpus;
        int longest = given.pieceBases() == null ? room : given.pieceBases();
        if (longest > room) {
            throw new IllegalArgumentException("Expected pieces of at most %d bases for %d positions, got %d"
                    .formatted(room, model.maxPositions(), longest));
        }
        corpus = new Corpus(
                longest,
                given.minPieceBases() == null ? Math.min(model.k() + 4, longest) : given.minPieceBases(),
                given.fullShare() == null ? 0.5 : given.fullShare(),
                given.reverseComplement() == null || given.reverseComplement());
    }

    /** The same with other training settings. */
    public PretrainConfig withTraining(TrainingConfig newTraining) {
        return new PretrainConfig(model, genomes, heldOut, corpus, masking, newTraining, evaluation);
    }
}
