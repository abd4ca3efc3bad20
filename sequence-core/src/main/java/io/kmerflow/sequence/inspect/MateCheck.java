package io.kmerflow.sequence.inspect;

import io.kmerflow.sequence.ShownBytes;
import io.kmerflow.sequence.file.SequenceItem;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Whether two records are the mates of one fragment: the same name, and a mate number that is the same all through a
 * file. The numbers of both records may be missing, or even equal, since the file already says which mate it holds;
 * first mates in the file of second ones and the other way round are two files swapped.
 */
final class MateCheck {
    private final int[] markOfFile = {-1, -1};

    /**
     * Checks the next pair of records.
     *
     * @param first of the first file
     * @param second of the second file
     * @param marks mate numbers the two give themselves, 0 where they do not
     * @return what is wrong, one sentence, or null
     */
    String problem(SequenceItem.Parsed first, SequenceItem.Parsed second, int... marks) {
        String name = first.readHeader().readId();
        if (!name.equals(second.readHeader().readId())) {
            return String.format(
                    Locale.ROOT,
                    "Expected the mate of %s, got %s",
                    shown(name),
                    shown(second.readHeader().readId()));
        }
        if (marks[0] == 0 && marks[1] == 0) {
            return null;
        }
        for (int file = 0; file < 2; file++) {
            if (markOfFile[file] >= 0 && markOfFile[file] != marks[file]) {
                return String.format(
                        Locale.ROOT,
                        "Expected mate number %s as in the records before, got %s in read %s",
                        number(markOfFile[file]),
                        number(marks[file]),
                        shown(name));
            }
            markOfFile[file] = marks[file];
        }
        if (marks[0] > marks[1] && marks[1] != 0) {
            return "Expected first mates in the first place, got second ones: the two are swapped";
        }
        return null;
    }

    /** A name as a message shows it. */
    static String shown(String name) {
        return ShownBytes.quoted(name.getBytes(StandardCharsets.UTF_8), 80);
    }

    private static String number(int mark) {
        return mark == 0 ? "none" : String.valueOf(mark);
    }
}
