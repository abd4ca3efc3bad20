package io.kmerflow.pretraining.annotation;

import io.kmerflow.pretraining.corpus.CorpusException;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What each base of a sequence is: coding on one strand, non-coding, or unclear.
 *
 * <ul>
 *   <li>Coding are the spans of CDS features; an intron between two spans of a join is not. Partial ones ({@code <}, {@code >})
 *       count as far as they are given.
 *   <li>Unclear are bases that code on both strands, and pseudogenes where nothing else codes: they look like genes and are not
 *       translated, so neither answer is wrong.
 *   <li>All else is non-coding, RNA genes too.
 * </ul>
 */
public final class CodingMap {
    /** State of a base. */
    public enum State {
        NON_CODING,
        FORWARD,
        REVERSE,
        UNCLEAR
    }

    /**
     * Neighbouring bases of one state, as many as there are.
     *
     * @param range 0-based, half-open
     */
    public record Run(BaseRange range, State state) {}

    private static final State[] STATES = State.values();

    private final byte[] states;

    private CodingMap(byte[] states) {
        this.states = states;
    }

    /**
     * @param sequence with its bases
     * @throws CorpusException if a feature ends behind the sequence
     */
    public static CodingMap of(AnnotatedSequence sequence) {
        byte[] states = new byte[sequence.bases().length];
        for (Feature feature : sequence.features()) {
            if (feature.type().equals(Feature.CDS) && !feature.pseudo()) {
                for (FeatureLocation.Part part : feature.parts()) {
                    State own = part.strand() == Strand.FORWARD ? State.FORWARD : State.REVERSE;
                    for (int i = part.range().start(); i < end(part, sequence); i++) {
                        boolean free = states[i] == State.NON_CODING.ordinal() || states[i] == own.ordinal();
                        states[i] = (byte) (free ? own : State.UNCLEAR).ordinal();
                    }
                }
            }
        }
        for (Feature feature : sequence.features()) {
            if (feature.pseudo()) {
                for (FeatureLocation.Part part : feature.parts()) {
                    for (int i = part.range().start(); i < end(part, sequence); i++) {
                        if (states[i] == State.NON_CODING.ordinal()) {
                            states[i] = (byte) State.UNCLEAR.ordinal();
                        }
                    }
                }
            }
        }
        return new CodingMap(states);
    }

    private static int end(FeatureLocation.Part part, AnnotatedSequence sequence) {
        if (part.range().end() > sequence.bases().length) {
            throw new CorpusException(String.format(
                    Locale.ROOT,
                    "Expected features within the %d bases of %s, got one that ends at %d",
                    sequence.bases().length,
                    sequence.name(),
                    part.range().end()));
        }
        return part.range().end();
    }

    /** Bases of the sequence. */
    public int length() {
        return states.length;
    }

    /** State of a base. */
    public State at(int base) {
        return STATES[states[base]];
    }

    /** Runs in order; they cover the sequence. */
    public List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= states.length; i++) {
            if (i == states.length || states[i] != states[start]) {
                runs.add(new Run(new BaseRange(start, i), STATES[states[start]]));
                start = i;
            }
        }
        return runs;
    }

    /** Bases in a state. */
    public long count(State state) {
        long count = 0;
        for (byte own : states) {
            count += own == state.ordinal() ? 1 : 0;
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodingMap map && Arrays.equals(states, map.states);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(states);
    }
}
