package io.kmerflow.pretraining.annotation;

import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A location of the INSDC feature table (GenBank, EMBL), section 3.4: {@code 467}, {@code 340..565}, {@code <345..>500},
 * {@code 102.110}, {@code 123^124}, {@code complement(...)}, {@code join(...)}, {@code order(...)}. A location over the origin of a
 * circular sequence is a join of two spans. Numbers in a file count from 1 and ends are included.
 *
 * @param parts spans in the order in which the feature is read, 5' to 3'. A place between two bases and a span of another entry
 *     ({@code J00194.1:100..202}) have none
 */
public record FeatureLocation(List<Part> parts) {
    /**
     * A span of the sequence.
     *
     * @param range 0-based, half-open
     * @param strand that the feature is on
     */
    public record Part(BaseRange range, Strand strand) {}

    public FeatureLocation {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a location; blanks in it do not count.
     *
     * @throws IllegalArgumentException if it does not follow the grammar; says where
     */
    public static FeatureLocation parse(String text) {
        Parser parser = new Parser(text.replaceAll("\\s", ""));
        List<Part> parts = parser.location();
        if (parser.at < parser.text.length()) {
            throw parser.unexpected("the end");
        }
        return new FeatureLocation(parts);
    }

    private static final class Parser {
        private final String text;
        private int at;

        private Parser(String text) {
            this.text = text;
        }

        private List<Part> location() {
            if (take("complement(")) {
                List<Part> parts = new ArrayList<>(location());
                expect(")");
                Collections.reverse(parts);
                parts.replaceAll(Parser::opposite);
                return parts;
            }
            if (take("join(") || take("order(")) {
                List<Part> parts = new ArrayList<>(location());
                while (take(",")) {
                    parts.addAll(location());
                }
                expect(")");
                return parts;
            }
            return span();
        }

        private static Part opposite(Part part) {
            return new Part(part.range(), part.strand() == Strand.FORWARD ? Strand.REVERSE : Strand.FORWARD);
        }

        private List<Part> span() {
            boolean elsewhere = accession();
            int first = position();
            int last = first;
            boolean between = take("^");
            if (between || take("..") || take(".")) {
                last = position();
            }
            if (elsewhere || between) {
                return List.of();
            }
            if (last < first) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT, "Expected a location whose ends rise, got %d to %d in '%s'", first, last, text));
            }
            return List.of(new Part(new BaseRange(first - 1, last), Strand.FORWARD));
        }

        /** Skips the name of another entry and its colon. */
        private boolean accession() {
            int end = at;
            while (end < text.length() && ",()<>:^".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            boolean named = end > at && end < text.length() && text.charAt(end) == ':';
            at = named ? end + 1 : at;
            return named;
        }

        private int position() {
            if (!take("<")) {
                take(">");
            }
            int from = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            try {
                int position = Integer.parseInt(text.substring(from, at));
                if (position > 0) {
                    return position;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            at = from;
            throw unexpected("a position of 1 or more");
        }

        private boolean take(String token) {
            boolean there = text.startsWith(token, at);
            at += there ? token.length() : 0;
            return there;
        }

        private void expect(String token) {
            if (!take(token)) {
                throw unexpected("'" + token + "'");
            }
        }

        private IllegalArgumentException unexpected(String expected) {
            return new IllegalArgumentException(String.format(
                    Locale.ROOT, "Expected %s at character %d of the location '%s'", expected, at + 1, text));
        }
    }
}
