package io.kmerflow.cli.evaluation;

import io.kmerflow.cli.base.CommandFailure;
import io.kmerflow.sequence.BaseRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Where a simulated read really comes from.
 *
 * @param source name of the genome
 * @param contig name of the contig
 * @param range place on the contig, 0-based, half-open
 * @param identity matching bases per aligned column, 0 to 1; NaN where the table does not say
 */
public record TrueOrigin(String source, String contig, BaseRange range, double identity) {
    /** Reads are named by (name, mate); mate 0 where there is one only. */
    public record Key(String read, int mate) {}

    /** A contig that is itself a stretch of another: {@code 20:30000001-35000000}, 1-based and closed as in samtools. */
    private static final Pattern STRETCH = Pattern.compile("(.+):(\\d+)-(\\d+)");

    private static final Pattern CIGAR = Pattern.compile("(\\d+)([MIDNSHP=X])");

    /**
     * Reads a table with a header line, plain or gzip: columns {@code read}, {@code source}, {@code sequence}, optionally
     * {@code mate} and {@code identity}, and either {@code position} (1-based, as in SAM) with {@code cigar}, or {@code start} and {@code end}
     * (0-based, half-open).
     */
    public static Map<Key, TrueOrigin> readTable(Path file) {
        Map<Key, TrueOrigin> origins = new HashMap<>();
        try (BufferedReader lines = open(file)) {
            String header = lines.readLine();
            if (header == null) {
                throw new CommandFailure(
                        String.format(Locale.ROOT, "Expected a table of true origins, %s is empty", file));
            }
            List<String> columns = List.of(header.split("\t"));
            for (String required : List.of("read", "source", "sequence")) {
                if (!columns.contains(required)) {
                    throw new CommandFailure(String.format(
                            Locale.ROOT, "Expected a column '%s' in %s, got %s", required, file, columns));
                }
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split("\t");
                int mate = columns.contains("mate") ? Integer.parseInt(cells[columns.indexOf("mate")]) : 0;
                origins.put(new Key(cells[columns.indexOf("read")], mate), origin(columns, cells));
            }
        } catch (IOException e) {
            throw new CommandFailure(String.format(Locale.ROOT, "Could not read %s: %s", file, e.getMessage()), e);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new CommandFailure(
                    String.format(Locale.ROOT, "Expected rows as long as the header of %s: %s", file, e.getMessage()),
                    e);
        }
        return origins;
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return new BufferedReader(new InputStreamReader(
                file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in, StandardCharsets.UTF_8));
    }

    private static TrueOrigin origin(List<String> columns, String[] cells) {
        int start;
        int end;
        if (columns.contains("position")) {
            start = Integer.parseInt(cells[columns.indexOf("position")]) - 1;
            end = start + referenceBases(cells[columns.indexOf("cigar")]);
        } else {
            start = Integer.parseInt(cells[columns.indexOf("start")]);
            end = Integer.parseInt(cells[columns.indexOf("end")]);
        }
        String contig = cells[columns.indexOf("sequence")];
        Matcher stretch = STRETCH.matcher(contig);
        int offset = 0;
        if (stretch.matches()) {
            contig = stretch.group(1);
            offset = Integer.parseInt(stretch.group(2)) - 1;
        }
        return new TrueOrigin(
                cells[columns.indexOf("source")],
                contig,
                new BaseRange(offset + start, offset + Math.max(end, start + 1)),
                columns.contains("identity") ? Double.parseDouble(cells[columns.indexOf("identity")]) : Double.NaN);
    }

    private static int referenceBases(String cigar) {
        Matcher operations = CIGAR.matcher(cigar);
        int bases = 0;
        while (operations.find()) {
            if ("MDN=X".contains(operations.group(2))) {
                bases += Integer.parseInt(operations.group(1));
            }
        }
        return bases;
    }
}
