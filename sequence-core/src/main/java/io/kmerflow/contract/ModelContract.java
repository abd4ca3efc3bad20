package io.kmerflow.contract;

import io.kmerflow.sequence.ReadWindower;
import io.kmerflow.sequence.Strand;
import io.kmerflow.token.KmerTokenizer;
import io.kmerflow.token.Vocabulary;
import io.kmerflow.token.WindowEncoder;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a model needs to be fed, and how its logits become calls. A contract that exists is coherent: its window fits the
 * positions the model has, its vocabulary hash is that of its k.
 *
 * @param k bases per token
 * @param tokenStride bases between neighbouring tokens; 1 is overlapping
 * @param vocabularyHash SHA-256, hex, of the vocabulary: {@link Vocabulary#hash}
 * @param maxTokens most tokens of one window, [CLS] and [SEP] included
 * @param windowBases bases per window
 * @param windowStrideBases bases between neighbouring window starts
 * @param minReadBases shortest read that is scored; shorter ones are TOO_SHORT
 * @param minMeanQuality Phred; reads below it are LOW_QUALITY; 0 lets all pass
 * @param strand which strands reads come from, and in which orientation windows are scored
 * @param aggregation how window logits become calls
 * @param temperature divides the read's log-probabilities before the last softmax; 1 leaves them
 * @param threshold minimum score of a call, 0 to 1; a read under it is UNCALLED
 * @param labels in the order of the logits, at least 2, with different names
 * @param longReadThreshold minimum score of a call of a read of {@value #LONG_READ_WINDOWS} windows or more, 0 to 1; in between, see {@link
 *     #threshold(int, int)}; null if the threshold is one for all lengths; aggregation READ only
 * @param certainty when the scoring of a read may end early; null if every window is scored; aggregation READ only
 * @param chain what windows of a read say of each other; null if each speaks for itself; aggregation MIDDLE_SEGMENTS only
 */
public record ModelContract(
        int k,
        int tokenStride,
        String vocabularyHash,
        int maxTokens,
        int windowBases,
        int windowStrideBases,
        int minReadBases,
        double minMeanQuality,
        StrandRule strand,
        Aggregation aggregation,
        double temperature,
        double threshold,
        List<Label> labels,
        Double longReadThreshold,
        Certainty certainty,
        SegmentChain chain) {

    /** Input tensor: token ids, int64, shape (windows, tokens). */
    public static final String INPUT_IDS = "input_ids";
    /** Input tensor: 1 for real tokens, 0 for padding, int64, shape (windows, tokens). */
    public static final String ATTENTION_MASK = "attention_mask";
    /** Windows from which on a read is long: the mean over its windows varies little. */
    public static final int LONG_READ_WINDOWS = 8;

    /** Output tensor: float32, shape (windows, labels), not normalised. */
    public static final String LOGITS = "logits";

    /**
     * A class the model can call.
     *
     * @param name as shown to people, for example {@code E. coli}
     * @param ontologyId CURIE such as {@code NCBITaxon:562} or {@code SO:0000167}, or null
     * @param background true for the class of "none of the others" (no promoter, another organism): never called, neither as a
     *     segment nor for a read
     * @param strand of the read that its segments lie on, for example of a gene that is read the other way; null where the label says
     *     nothing of a strand
     * @param longReadThreshold the contract's threshold of long reads for calls of this label; null for the one of all labels
     */
    public record Label(String name, String ontologyId, boolean background, Strand strand, Double longReadThreshold) {
        public Label {
            if (name == null || name.isBlank()) {
                throw new IllegalArgumentException("Expected a label name, got none");
            }
        }

        /** A class with the threshold of all. */
        public Label(String name, String ontologyId, boolean background, Strand strand) {
            this(name, ontologyId, background, strand, null);
        }

        /** A class of no strand. */
        public Label(String name, String ontologyId, boolean background) {
            this(name, ontologyId, background, null);
        }

        Label withLongReadThreshold(Double threshold) {
            return new Label(name, ontologyId, background, strand, threshold);
        }

        /** A class that is called, of no strand. */
        public Label(String name, String ontologyId) {
            this(name, ontologyId, false);
        }
    }

    /** What a model makes of the strand a read comes from. */
    public enum StrandRule {
        /** Reads of either strand; windows are scored as they are. */
        UNSTRANDED,
        /** Reads of either strand; each window is scored in its canonical orientation, see {@link WindowEncoder}. */
        CANONICAL,
        /** Reads of the sense strand. */
        SENSE
    }

    /** How window logits become calls. */
    public enum Aggregation {
        /** One for the whole read. */
        READ,
        /** Stretches per label: windows over the threshold, merged where they touch. */
        SEGMENTS,
        /** Stretches of bases, where a window's score is that of its middle base and those between are interpolated, see {@link MiddleSegments}. */
        MIDDLE_SEGMENTS
    }

    /** A contract under which every window is scored, with one threshold for all lengths and labels. */
    public ModelContract(
            int k,
            int tokenStride,
            String vocabularyHash,
            int maxTokens,
            int windowBases,
            int windowStrideBases,
            int minReadBases,
            double minMeanQuality,
            StrandRule strand,
            Aggregation aggregation,
            double temperature,
            double threshold,
            List<Label> labels) {
        this(
                k,
                tokenStride,
                vocabularyHash,
                maxTokens,
                windowBases,
                windowStrideBases,
                minReadBases,
                minMeanQuality,
                strand,
                aggregation,
                temperature,
                threshold,
                withoutThresholds(labels),
                null,
                null,
                null);
    }

    public ModelContract {
        labels = List.copyOf(labels);
        require(strand != null && aggregation != null, "strand and aggregation", "none");
        WindowEncoder encoder = encoder(k, tokenStride, strand);
        new ReadWindower(windowBases, windowStrideBases); // checks both
        require(new Vocabulary(k).hash().equals(vocabularyHash), "the vocabulary hash of k = " + k, vocabularyHash);
        require(labels.size() >= 2, "at least 2 labels", labels.size());
        List<String> names = labels.stream().map(Label::name).toList();
        require(Set.copyOf(names).size() == names.size(), "labels with different names", names);
        require(minReadBases >= k && minReadBases <= windowBases, "minReadBases from k to windowBases", minReadBases);
        require(
                encoder.tokenCount(windowBases) <= maxTokens,
                "a window of at most " + maxTokens + " tokens",
                windowBases + " bases");
        require(temperature > 0 && Double.isFinite(temperature), "a finite temperature above 0", temperature);
        require(threshold >= 0 && threshold <= 1, "a threshold from 0 to 1", threshold);
        require(
                minMeanQuality >= 0 && Double.isFinite(minMeanQuality),
                "a finite quality limit of 0 or more",
                minMeanQuality);
        require(
                longReadThreshold == null
                        || longReadThreshold >= 0 && longReadThreshold <= 1 && aggregation == Aggregation.READ,
                "a longReadThreshold from 0 to 1 with aggregation READ",
                longReadThreshold);
        for (Label label : labels) {
            Double own = label.longReadThreshold();
            require(
                    own == null || own >= 0 && own <= 1 && !label.background() && longReadThreshold != null,
                    "a longReadThreshold of a label from 0 to 1, the label no background, and one of all labels beside it",
                    label);
        }
        require(certainty == null || aggregation == Aggregation.READ, "aggregation READ with a certainty", aggregation);
        require(
                chain == null
                        || aggregation == Aggregation.MIDDLE_SEGMENTS
                                && chain.frequencies().size() == labels.size(),
                "a chain with a frequency of each label, and aggregation MIDDLE_SEGMENTS with it",
                chain);
    }

    private static void require(boolean holds, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "Expected %s in the model contract, got %s", expected, got));
        }
    }

    /** Writes windows as this model reads them. */
    public WindowEncoder encoder() {
        return encoder(k, tokenStride, strand);
    }

    private static WindowEncoder encoder(int k, int tokenStride, StrandRule strand) {
        return new WindowEncoder(new KmerTokenizer(new Vocabulary(k), tokenStride), strand == StrandRule.CANONICAL);
    }

    /** Cuts reads as this model reads them. */
    public ReadWindower windower() {
        return new ReadWindower(windowBases, windowStrideBases);
    }

    /**
     * Minimum score of a call of a read: {@link #threshold()} for one window, {@link #longReadThreshold()} or the label's own for {@value
     * #LONG_READ_WINDOWS} or more, in between on a line over the logarithm of the number.
     *
     * @param label index of the label that would be called
     * @param windows of the read, whether scored or not
     */
    public double threshold(int label, int windows) {
        if (longReadThreshold == null || windows <= 1) {
            return threshold;
        }
        Double own = labels.get(label).longReadThreshold();
        double ofLongReads = own == null ? longReadThreshold : own;
        double share = Math.min(1, Math.log(windows) / Math.log(LONG_READ_WINDOWS));
        return threshold + share * (ofLongReads - threshold);
    }

    /** The same contract with another temperature and one threshold for all lengths and labels. */
    public ModelContract withCalibration(double newTemperature, double newThreshold) {
        return with(windowStrideBases, newTemperature, newThreshold, withoutThresholds(labels), null, certainty, chain);
    }

    /** The same contract with another threshold of long reads, one for all labels; null for one threshold for all lengths. */
    public ModelContract withLongReadThreshold(Double newThreshold) {
        return with(
                windowStrideBases, temperature, threshold, withoutThresholds(labels), newThreshold, certainty, chain);
    }

    /**
     * The same contract with thresholds of long reads.
     *
     * @param ofAll for labels without one
     * @param ofLabels per label; null for that of all
     */
    public ModelContract withLongReadThresholds(double ofAll, List<Double> ofLabels) {
        List<Label> own = IntStream.range(0, labels.size())
                .mapToObj(label -> labels.get(label).withLongReadThreshold(ofLabels.get(label)))
                .toList();
        return with(windowStrideBases, temperature, threshold, own, ofAll, certainty, chain);
    }

    private static List<Label> withoutThresholds(List<Label> labels) {
        return labels.stream().map(label -> label.withLongReadThreshold(null)).toList();
    }

    /** The same contract with another rule of when a read's scoring may end; null for never. */
    public ModelContract withCertainty(Certainty newCertainty) {
        return with(windowStrideBases, temperature, threshold, labels, longReadThreshold, newCertainty, chain);
    }

    /** The same contract with another distance between windows. */
    public ModelContract withWindowStride(int bases) {
        return with(bases, temperature, threshold, labels, longReadThreshold, certainty, chain);
    }

    /** The same contract with another chain; null for none. */
    public ModelContract withChain(SegmentChain newChain) {
        return with(windowStrideBases, temperature, threshold, labels, longReadThreshold, certainty, newChain);
    }

    private ModelContract with(
            int newStride,
            double newTemperature,
            double newThreshold,
            List<Label> newLabels,
            Double newLongReadThreshold,
            Certainty newCertainty,
            SegmentChain newChain) {
        return new ModelContract(
                k,
                tokenStride,
                vocabularyHash,
                maxTokens,
                windowBases,
                newStride,
                minReadBases,
                minMeanQuality,
                strand,
                aggregation,
                newTemperature,
                newThreshold,
                newLabels,
                newLongReadThreshold,
                newCertainty,
                newChain);
    }
}
