package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.pretraining.corpus.TextFile;
import io.kmerflow.sequence.BaseRange;
import io.kmerflow.sequence.Strand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Coding stretches that a tool found on reads: GFF3 (features of type CDS or SO:0000316) or, with a name that ends in .bed, BED6 (all
 * lines); plain or gzip.
 */
final class CalledStretches {
    private static final List<String> CODING_TYPES = List.of("CDS", "SO:0000316");
    private static final int GFF_COLUMNS = 9;
    private static final int BED_COLUMNS = 6;

    /** A stretch of a read. */
    record Stretch(BaseRange range, Strand strand) {}

    private CalledStretches() {}

    /**
     * By read.
     *
     * @throws CommandFailure at the first line that does not fit; names file and line
     */
    static Map<String, List<Stretch>> read(Path file) {
        boolean bed = file.toString().replaceFirst("\\.gz$", "").endsWith(".bed");
        Map<String, List<Stretch>> calls = new LinkedHashMap<>();
        int line = 0;
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(TextFile.open(file), StandardCharsets.UTF_8))) {
            for (String text = in.readLine(); text != null && !text.startsWith("##FASTA"); text = in.readLine()) {
                line++;
                if (!text.isBlank() && text.charAt(0) != '#') {
                    add(text.split("\t", -1), bed, calls);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Could not read %s, line %d: %s", file, line, e.getMessage()), e);
        }
        return calls;
    }

    private static void add(String[] fields, boolean bed, Map<String, List<Stretch>> calls) {
        int columns = bed ? BED_COLUMNS : GFF_COLUMNS;
        if (fields.length < columns) {
            throw new IllegalArgumentException(
                    String.format(Locale.ROOT, "expected %d columns, got %d", columns, fields.length));
        }
        if (!bed && !CODING_TYPES.contains(fields[2])) {
            return;
        }
        String sign = fields[bed ? 5 : 6];
        if (!sign.equals("+") && !sign.equals("-")) {
            throw new IllegalArgumentException("expected strand + or -, got " + sign);
        }
        BaseRange range = bed
                ? new BaseRange(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]))
                : new BaseRange(Integer.parseInt(fields[3]) - 1, Integer.parseInt(fields[4]));
        String read = bed ? fields[0] : URLDecoder.decode(fields[0].replace("+", "%2B"), StandardCharsets.UTF_8);
        calls.computeIfAbsent(read, name -> new ArrayList<>())
                .add(new Stretch(range, sign.equals("+") ? Strand.FORWARD : Strand.REVERSE));
    }
}
