package io.kmerflow.files.read;

import io.kmerflow.job.ingest.Origin;
import io.kmerflow.sequence.ShownBytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * The table a nanopore sequencer leaves beside its reads ({@code sequencing_summary*.txt}, tab-separated, also .gz), for
 * reads whose headers are bare names. Used: {@code read_id}, {@code run_id}, {@code channel} and {@code
 * barcode_arrangement} (or {@code alias}); the columns may stand in any order and only the first must be there. Takes
 * about 100 bytes of memory a read.
 */
public final class SequencingSummary {
    /**
     * What the table says of a read; what it does not say is null.
     *
     * @param runId sequencing run
     * @param barcodeName barcode, or {@code unclassified}
     */
    record Origin(String runId, String barcodeName) {}

    /**
     * A read's row.
     *
     * @param origin shared by all reads of a run and barcode
     * @param channel from 1, or null
     */
    record Row(Origin origin, Integer channel) {}

    private final Map<UUID, Row> rows = new HashMap<>();

    /**
     * Reads the whole table.
     *
     * @throws IOException if it cannot be read, or has no column read_id
     */
    public static SequencingSummary read(String path) throws IOException {
        SequencingSummary summary = new SequencingSummary();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(ReadFiles.decompressed(path), StandardCharsets.UTF_8))) {
            String first = lines.readLine();
            String header = first != null && first.startsWith("\ufeff") ? first.substring(1) : first;
            List<String> columns = header == null ? List.of() : Arrays.asList(header.split("\t", -1));
            int read = columns.indexOf("read_id");
            if (read < 0) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "Expected a tab-separated table with a column read_id in %s, got the first line %s",
                        path,
                        header == null ? "''" : ShownBytes.quoted(header.getBytes(StandardCharsets.UTF_8), 80)));
            }
            summary.read(lines, columns, read);
        }
        return summary;
    }

    private void read(BufferedReader lines, List<String> columns, int read) throws IOException {
        int run = columns.indexOf("run_id");
        int channel = columns.indexOf("channel");
        int barcode = columns.contains("barcode_arrangement")
                ? columns.indexOf("barcode_arrangement")
                : columns.indexOf("alias");
        Map<Origin, Map<Integer, Row>> shared = new HashMap<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            List<String> cells = Arrays.asList(line.split("\t", -1));
            if (cells.size() <= read || cells.get(read).isEmpty()) {
                continue; // the sequencer may still be writing its last line
            }
            Origin origin = new Origin(cell(cells, run), cell(cells, barcode));
            Integer number = number(cell(cells, channel));
            Row row = shared.computeIfAbsent(origin, key -> new HashMap<>())
                    .computeIfAbsent(number, key -> new Row(origin, number));
            rows.put(key(cells.get(read)), row);
        }
    }

    private static String cell(List<String> cells, int column) {
        return column < 0 || column >= cells.size() || cells.get(column).isEmpty() ? null : cells.get(column);
    }

    private static Integer number(String text) {
        return text == null || !text.matches("\\d{1,9}") ? null : Integer.valueOf(text);
    }

    /** A read's row, or null. */
    Row row(String readId) {
        return rows.get(key(readId));
    }

    private static UUID key(String readId) {
        try {
            return UUID.fromString(readId);
        } catch (IllegalArgumentException e) {
            return UUID.nameUUIDFromBytes(readId.getBytes(StandardCharsets.UTF_8));
        }
    }
}
