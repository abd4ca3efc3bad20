package io.kmerflow.cli.live;

import io.kmerflow.schema.DriftReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports on drift by run and sample; those heard of last are kept. */
final class DriftBoard {
    private static final int MAX_ROWS = 200;

    /** Windows of one run and sample. */
    static final class Row {
        private long windows;
        private long alarms;
        private DriftReport last;

        private void add(DriftReport report) {
            windows++;
            alarms += report.getExceeded().isEmpty() ? 0 : 1;
            last = last == null || !report.getReportTime().isBefore(last.getReportTime()) ? report : last;
        }

        /** Windows compared. */
        long windows() {
            return windows;
        }

        /** Those of them over a threshold. */
        long alarms() {
            return alarms;
        }

        /** Report on the latest window. */
        DriftReport last() {
            return last;
        }
    }

    private final Map<String, Row> rows = new LinkedHashMap<>(16, 0.75f, true);

    void add(DriftReport report) {
        rows.computeIfAbsent(report.getRunId() + "\n" + report.getSampleId(), key -> new Row())
                .add(report);
        if (rows.size() > MAX_ROWS) {
            Iterator<Row> eldest = rows.values().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** Those that drift now first, then by number of alarms. */
    List<Row> rows() {
        List<Row> sorted = new ArrayList<>(rows.values());
        sorted.sort(
                Comparator.<Row, Boolean>comparing(row -> row.last.getExceeded().isEmpty())
                        .thenComparing(row -> -row.alarms)
                        .thenComparing(row -> row.last.getRunId())
                        .thenComparing(row -> String.valueOf(row.last.getSampleId())));
        return sorted;
    }
}
