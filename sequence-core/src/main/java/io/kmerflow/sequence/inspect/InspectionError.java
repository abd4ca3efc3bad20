package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.file.FilePosition;
import io.kmerflow.sequence.file.SequenceItem;

/**
 * Something wrong, and where.
 *
 * @param record number in the file from 1; good records and failures count alike
 * @param line first line, from 1
 * @param byteStart first byte in the uncompressed file
 * @param byteEnd one past the last byte
 * @param reason to count by: a {@link SequenceItem.Reason}, or {@value #MATES_DISAGREE}
 * @param message one sentence: what was expected, what came
 */
public record InspectionError(long record, long line, long byteStart, long byteEnd, String reason, String message) {
    /** The reason of an error between two files. */
    public static final String MATES_DISAGREE = "MATES_DISAGREE";

    static InspectionError of(SequenceItem.Failure failure) {
        return at(failure.position(), failure.reason().name(), failure.message());
    }

    static InspectionError at(FilePosition position, String reason, String message) {
        return new InspectionError(
                position.record(), position.line(), position.byteStart(), position.byteEnd(), reason, message);
    }
}
