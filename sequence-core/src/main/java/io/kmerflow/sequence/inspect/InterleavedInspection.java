package io.kmerflow.sequence.inspect;

/**
 * One file in which mates follow one another.
 *
 * @param file what is in it, whoever is whose mate
 * @param verdict reject if the file is, else pair-reject if a record has no mate beside it, else accept
 * @param pairs good pairs before the first record without a mate, or the first error
 * @param disagreement where the first record without a mate stands; null if there is none
 */
public record InterleavedInspection(FileInspection file, Verdict verdict, long pairs, InspectionError disagreement) {}
