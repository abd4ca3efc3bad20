package io.kmerflow.sequence.file;

import io.kmerflow.sequence.file.LineReader.Line;

/** Hands out positions that touch: each item claims all bytes passed since the item before it. */
final class ItemPositions {
    private long items;
    private long claimed;
    private long passed;

    /** A line was taken from the stream. */
    void passed(Line line) {
        passed = line.end();
    }

    /** Bytes taken that no item has yet. */
    long unclaimedBytes() {
        return passed - claimed;
    }

    /** Position of the next item, which begins at that line and ends where the stream now stands. */
    FilePosition next(long line) {
        FilePosition position = new FilePosition(++items, line, claimed, passed);
        claimed = passed;
        return position;
    }
}
