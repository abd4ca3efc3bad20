package io.kmerflow.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values as the table writes them: {@code -} is an empty one, {@code ~EXPRESSION} any that matches in full, {@code 0.49±0.01} a
 * number, everything else itself; quotes around one that has blanks.
 */
final class Cells {
    private static final Pattern CELL = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    private static final Pattern NUMBER = Pattern.compile("(-?[0-9.]+)±([0-9.]+)");
    private static final int SHOWN = 400;

    private Cells() {}

    static List<String> split(String text) {
        List<String> cells = new ArrayList<>();
        Matcher matcher = CELL.matcher(text);
        while (matcher.find()) {
            cells.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
        }
        return cells;
    }

    static boolean fits(String want, String got) {
        if (want.equals("-")) {
            return got.isEmpty();
        }
        if (want.startsWith("~")) {
            return got.matches(want.substring(1));
        }
        Matcher number = NUMBER.matcher(want);
        if (number.matches() && got.matches("-?[0-9.]+(E-?[0-9]+)?")) {
            double distance = Math.abs(Double.parseDouble(number.group(1)) - Double.parseDouble(got));
            return distance <= Double.parseDouble(number.group(2));
        }
        return want.equals(got);
    }

    /** The text in one line, its control characters as escapes, cut if long. */
    static String shown(String text) {
        String end = text.length() > SHOWN ? " ..." : "";
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(SHOWN).forEach(c -> {
            if (c == '\n') {
                shown.append(" | ");
            } else if (c < ' ' || c == 0x7f) {
                shown.append(String.format(Locale.ROOT, "\\x%02x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return "'" + shown + end + "'";
    }
}
