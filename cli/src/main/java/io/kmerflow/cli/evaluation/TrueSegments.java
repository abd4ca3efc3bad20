package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.pretraining.annotation.AnnotatedGenomes;
import io.kmerflow.pretraining.annotation.AnnotatedSequence;
import io.kmerflow.pretraining.annotation.CodingMap;
import io.kmerflow.sequence.BaseRange;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Carries the annotation of a genome over to reads of it, base by base, and writes it as {@link TruthBed} reads it. */
final class TrueSegments {
    /** Origin of a base that comes from elsewhere. */
    static final int NOWHERE = -1;

    private final Map<String, CodingMap> maps;
    private final Path file;

    private TrueSegments(Map<String, CodingMap> maps, Path file) {
        this.maps = maps;
        this.file = file;
    }

    /** @throws io.kmerflow.pretraining.corpus.CorpusException if a file cannot be read */
    static TrueSegments read(Path features, Path fasta) {
        Map<String, CodingMap> maps = new HashMap<>();
        for (AnnotatedSequence sequence : AnnotatedGenomes.read(features, fasta)) {
            CodingMap map = CodingMap.of(sequence);
            sequence.names().forEach(name -> maps.put(name, map));
        }
        return new TrueSegments(maps, features);
    }

    /**
     * Lines of one read.
     *
     * @param contig that it comes from
     * @param piece of the contig that it comes from
     * @param reverse whether it was read from the reverse complement of the piece
     * @param origins place of each of its bases in the piece, from the end that it was read from; {@link #NOWHERE} for one that
     *     comes from elsewhere, which is unclear
     */
    String rows(String read, String source, String contig, BaseRange piece, boolean reverse, int[] origins) {
        CodingMap map = maps.get(contig);
        if (map == null || piece.end() > map.length()) {
            throw new CommandFailure(String.format(
                    Locale.ROOT,
                    "Expected what lies on %s up to base %d in %s, found %s",
                    contig,
                    piece.end(),
                    file,
                    map == null ? "nothing" : map.length() + " bases"));
        }
        StringBuilder rows =
                new StringBuilder(TruthBed.row(read, new BaseRange(0, origins.length), TruthBed.READ, '.', source));
        CodingMap.State open = null;
        int start = 0;
        for (int base = 0; base <= origins.length; base++) {
            CodingMap.State state = base == origins.length
                    ? null
                    : origins[base] == NOWHERE ? CodingMap.State.UNCLEAR : state(map, piece, reverse, origins[base]);
            if (state != open) {
                if (open != null && open != CodingMap.State.NON_CODING) {
                    rows.append(row(read, new BaseRange(start, base), open, source));
                }
                open = state;
                start = base;
            }
        }
        return rows.toString();
    }

    private static String row(String read, BaseRange range, CodingMap.State state, String source) {
        return switch (state) {
            case FORWARD -> TruthBed.row(read, range, TruthBed.CODING, '+', source);
            case REVERSE -> TruthBed.row(read, range, TruthBed.CODING, '-', source);
            default -> TruthBed.row(read, range, TruthBed.UNCLEAR, '.', source);
        };
    }

    private static CodingMap.State state(CodingMap map, BaseRange piece, boolean reverse, int origin) {
        CodingMap.State state = map.at(reverse ? piece.end() - 1 - origin : piece.start() + origin);
        if (!reverse) {
            return state;
        }
        return switch (state) {
            case FORWARD -> CodingMap.State.REVERSE;
            case REVERSE -> CodingMap.State.FORWARD;
            default -> state;
        };
    }
}
