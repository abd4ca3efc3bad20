package io.kmerflow.sequence.inspect;

/**
 * Two files of mates, compared record by record until the first error in either.
 *
 * @param first file of first mates
 * @param second file of second mates
 * @param verdict reject if either file is, else pair-reject if the two disagree, else accept
 * @param pairs good pairs before the first disagreement or error
 * @param disagreement where the first file and the second part, with a place in the first, or in the second if the first
 *     has ended; null if they do not
 */
public record PairInspection(
        FileInspection first, FileInspection second, Verdict verdict, long pairs, InspectionError disagreement) {}
