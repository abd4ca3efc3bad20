package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.file.ReadHeader;
import io.kmerflow.sequence.file.SequenceItem;
import java.util.Locale;

/**
 * Whether two records are the mates of one fragment: the same name, and a mate number that is the same all through a
 * file. The numbers of both records may be missing, or even equal, since the file already says which mate it holds;
 * first mates in the file of second ones and the other way round are two files swapped.
 */
final class MateCheck {
    private final int[] mateOfFile = {-1, -1};

    /**
     * Checks the next pair of records.
     *
     * @param first of the first file
     * @param second of the second file
     * @return what is wrong, one sentence, or null
     */
    String problem(SequenceItem.Parsed first, SequenceItem.Parsed second) {
        ReadHeader firstHeader = first.readHeader();
        ReadHeader secondHeader = second.readHeader();
        if (!firstHeader.readId().equals(secondHeader.readId())) {
            return String.format(
                    Locale.ROOT, "Expected the mate of %s, got %s", firstHeader.readId(), secondHeader.readId());
        }
        int[] mates = {firstHeader.mate(), secondHeader.mate()};
        if (mates[0] == 0 && mates[1] == 0) {
            return null;
        }
        for (int file = 0; file < 2; file++) {
            if (mateOfFile[file] >= 0 && mateOfFile[file] != mates[file]) {
                return String.format(
                        Locale.ROOT,
                        "Expected mate number %s as in the records before, got %s in read %s",
                        number(mateOfFile[file]),
                        number(mates[file]),
                        firstHeader.readId());
            }
            mateOfFile[file] = mates[file];
        }
        if (mates[0] == 2 && mates[1] == 1) {
            return "Expected first mates in the first file, got second ones: the two files are swapped";
        }
        return null;
    }

    private static String number(int mate) {
        return mate == 0 ? "none" : String.valueOf(mate);
    }
}
