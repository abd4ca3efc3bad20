package io.kmerflow.sequence.file;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the names of the two mates of a fragment differ: not at all, or by a number at their end ({@code x/1} and {@code
 * x/2}, {@code x.1} and {@code x.2}, {@code x_R1} and {@code x_R2}; the second may be 3). A name alone does not tell: PacBio
 * calls reads {@code transcript/1} and archives number reads {@code x.1}. So the first records of both mates decide which
 * rule matches most of them, and all others are held to it.
 */
public final class MateNames {
    /** Records of a file that decide. */
    static final int DECIDING_RECORDS = 64;

    private static final String SLASH = "/";
    private static final Pattern NUMBERED = Pattern.compile("(.+)([/._:-][Rr]?)([1-3])");
    private static final int SURE_RECORDS = 4;

    private record Name(String stem, String separator, int number) {
        static Name of(String text) {
            Matcher numbered = NUMBERED.matcher(text);
            return numbered.matches()
                    ? new Name(
                            numbered.group(1),
                            numbered.group(2),
                            numbered.group(3).charAt(0) - '0')
                    : new Name(text, null, 0);
        }
    }

    private final String separator;
    private final int[] numbers;
    private final int[] marks = new int[2];

    /**
     * @param separator what stands before the number, or null where names are equal
     * @param numbers of first and second mates; not used with {@value #SLASH}, which marks a mate whatever follows
     */
    private MateNames(String separator, int... numbers) {
        this.separator = separator;
        this.numbers = numbers;
    }

    /**
     * The rule for two files.
     *
     * @param first headers of the first records of the file of first mates
     * @param second of second mates
     */
    static MateNames of(List<ReadHeader> first, List<ReadHeader> second) {
        MateNames best = null;
        int most = -1;
        for (MateNames rule : candidates(first, second)) {
            int matched = rule.matched(first, second);
            if (matched > most) {
                best = rule;
                most = matched;
            }
        }
        best.marks[0] = best.firstMark(first, 0);
        best.marks[1] = best.firstMark(second, 1);
        return best;
    }

    /** Rules that are possible, the likelier of two that match as many first. */
    private static List<MateNames> candidates(List<ReadHeader> first, List<ReadHeader> second) {
        List<MateNames> candidates = new ArrayList<>();
        List<MateNames> likely = new ArrayList<>();
        for (String separator : separators(first, second)) {
            if (separator.equals(SLASH)) {
                candidates.add(0, new MateNames(SLASH, 0, 0));
                continue;
            }
            int one = numberOfAll(first, separator);
            int two = numberOfAll(second, separator);
            if (one != two && Math.min(one, two) == 1) {
                likely.add(new MateNames(separator, one, two));
            }
        }
        MateNames equal = new MateNames(null, 0, 0);
        boolean apart = first.size() + second.size() >= SURE_RECORDS
                && likely.stream().allMatch(rule -> rule.matched(first, second) == 0)
                && equal.matched(first, second) == 0;
        if (!apart) {
            candidates.add(equal);
        }
        candidates.addAll(likely);
        if (apart) {
            candidates.add(equal); // out of step from the start; the shape of all names is what is left
        }
        return candidates;
    }

    private static Set<String> separators(List<ReadHeader> first, List<ReadHeader> second) {
        Set<String> separators = new LinkedHashSet<>();
        for (List<ReadHeader> headers : List.of(first, second)) {
            headers.stream()
                    .map(header -> Name.of(header.readId()).separator())
                    .filter(Objects::nonNull)
                    .forEach(separators::add);
        }
        return separators;
    }

    /** The number that all names have behind that separator, or 0. */
    private static int numberOfAll(List<ReadHeader> headers, String separator) {
        int number = 0;
        for (ReadHeader header : headers) {
            Name name = Name.of(header.readId());
            if (!separator.equals(name.separator()) || number != 0 && number != name.number()) {
                return 0;
            }
            number = name.number();
        }
        return number;
    }

    private int matched(List<ReadHeader> first, List<ReadHeader> second) {
        Set<String> stems = new HashSet<>();
        first.forEach(header -> stems.add(stem(header.readId(), 0)));
        Set<String> both = new HashSet<>();
        second.forEach(header -> both.add(stem(header.readId(), 1)));
        both.retainAll(stems);
        return both.size();
    }

    private int firstMark(List<ReadHeader> headers, int side) {
        return headers.stream()
                .mapToInt(header -> mark(header, side))
                .filter(mark -> mark != 0)
                .findFirst()
                .orElse(0);
    }

    /**
     * The rule for one file in which mates follow one another.
     *
     * @param headers of its first records
     */
    static MateNames ofInterleaved(List<ReadHeader> headers) {
        MateNames best = new MateNames(null, 0, 0);
        int most = best.neighbours(headers);
        for (String separator : separators(headers, List.of())) {
            boolean slash = separator.equals(SLASH);
            for (int second = 2; second <= 3; second++) {
                MateNames rule = new MateNames(separator, slash ? 0 : 1, slash ? 0 : second);
                int pairs = rule.neighbours(headers);
                // Reads of an archive are numbered x.1, x.2, x.3: two of them fit, but most must.
                if (slash ? pairs >= most && pairs > 0 : pairs > most && pairs * SURE_RECORDS >= headers.size()) {
                    best = rule;
                    most = pairs;
                }
            }
        }
        best.marks[0] = 1;
        best.marks[1] = 2;
        return best;
    }

    private int neighbours(List<ReadHeader> headers) {
        int pairs = 0;
        for (int i = 0; i + 1 < headers.size(); i++) {
            if (areMates(headers.get(i), headers.get(i + 1))) {
                pairs++;
                i++;
            }
        }
        return pairs;
    }

    /** Whether two neighbours of an interleaved file are mates by their names. */
    boolean areMates(ReadHeader first, ReadHeader second) {
        return stem(first.readId(), 0).equals(stem(second.readId(), 1));
    }

    /** A name without its number, if it has one by this rule. */
    private String stem(String text, int side) {
        if (separator == null) {
            return text;
        }
        Name name = Name.of(text);
        boolean numbered =
                separator.equals(name.separator()) && (separator.equals(SLASH) || name.number() == numbers[side]);
        return numbered ? name.stem() : text;
    }

    /**
     * The number that a record gives itself, in its name or behind it.
     *
     * @param side 0 in the place of first mates, 1 in that of second ones
     * @return 1 to 3, or 0
     */
    int mark(ReadHeader header, int side) {
        if (separator != null) {
            Name name = Name.of(header.readId());
            if (separator.equals(name.separator())
                    && !stem(header.readId(), side).equals(header.readId())) {
                return name.number();
            }
        }
        String number = header.attributes().get(ReadHeaderParser.READ_NUMBER);
        return header.mate() == 0 && number != null && number.equals("3") ? 3 : header.mate();
    }

    /**
     * A record's header with the name both mates share and the mate's number. That is the number which the record gives
     * itself if the mates differ in it, else its place: some archives mark both mates as the first.
     *
     * @param side 0 in the place of first mates, 1 in that of second ones
     */
    public ReadHeader apply(ReadHeader header, int side) {
        boolean marked = marks[0] != 0 && marks[1] != 0 && marks[0] != marks[1];
        boolean swapped = marked && marks[0] > marks[1];
        int mark = mark(header, side);
        int place = swapped ? 2 - side : side + 1;
        int mate = marked && mark != 0 ? Math.min(2, mark) : place;
        return header.with(stem(header.readId(), side), mate, header.runId());
    }

    /** The header of a record of an interleaved file that has no mate beside it. */
    ReadHeader applyAlone(ReadHeader header) {
        int side = separator != null && Name.of(header.readId()).number() == numbers[1] ? 1 : 0;
        return header.with(stem(header.readId(), side), Math.min(2, mark(header, side)), header.runId());
    }
}
