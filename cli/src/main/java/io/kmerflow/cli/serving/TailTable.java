package io.kmerflow.cli.serving;

import io.kmerflow.files.write.RowFormat;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.DeadLetter;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelAnnouncement;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.ReadLabel;
import io.kmerflow.sequence.PrintableText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Records as lines of a table for people. The columns have fixed widths, for the records to come are not known; a longer
 * value is shown whole and moves the rest of its line.
 *
 * @param <T> record
 */
abstract class TailTable<T> implements RowFormat<T> {
    private static final long serialVersionUID = 1L;
    private static final int TIME = 20;

    private final List<String> names;
    private final int[] widths;

    /** @param widths in characters, negative for columns that are aligned to the left; 0 for the last */
    private TailTable(List<String> names, int... widths) {
        this.names = List.copyOf(names);
        this.widths = widths;
    }

    abstract List<Object> values(T value);

    @Override
    public String header() {
        return line(names);
    }

    @Override
    public String row(T value) {
        return line(values(value));
    }

    private String line(List<?> values) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String text = values.get(i) == null ? "-" : PrintableText.escape(String.valueOf(values.get(i)));
            String cell = widths[i] == 0 ? text : String.format(Locale.ROOT, "%" + widths[i] + "s", text);
            line.append(i == 0 ? "" : "  ").append(cell);
        }
        return line.toString().stripTrailing();
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** One line per read: the call of the read, or why it has none, or its stretches. */
    static final class Annotations extends TailTable<ReadAnnotation> {
        private static final long serialVersionUID = 1L;

        Annotations() {
            super(List.of("time", "read", "sample", "bases", "score", "call"), -TIME, -36, -12, 9, 6, 0);
        }

        @Override
        List<Object> values(ReadAnnotation read) {
            ReadCall call = read.getReadCall();
            List<Object> values = new ArrayList<>();
            values.add(seconds(read.getAnnotatedTime()));
            values.add(read.getMate() == 0 ? read.getReadId() : read.getReadId() + "/" + read.getMate());
            values.add(read.getSampleId() == null ? read.getBarcodeName() : read.getSampleId());
            values.add(read.getReadLength());
            values.add(call == null ? null : String.format(Locale.ROOT, "%.3f", call.getScore()));
            values.add(call(read));
            return values;
        }

        private static String call(ReadAnnotation read) {
            ReadCall call = read.getReadCall();
            if (call != null && call.getLabel() != null) {
                return call.getLabel();
            }
            if (!read.getCalls().isEmpty()) {
                return read.getCalls().stream().map(Annotations::stretch).collect(Collectors.joining(", "));
            }
            return "(" + words(read.getUncalledReason() == null ? read.getStatus() : read.getUncalledReason()) + ")";
        }

        private static String stretch(Call call) {
            return String.format(
                    Locale.ROOT, "%s %d-%d %.3f", call.getLabel(), call.getStart(), call.getEnd(), call.getScore());
        }
    }

    /** One line per dead letter; the place is a file and record, or a topic's partition and offset. */
    static final class DeadLetters extends TailTable<DeadLetter> {
        private static final long serialVersionUID = 1L;

        DeadLetters() {
            super(List.of("time", "reason", "read", "place", "message"), -TIME, -18, -36, -28, 0);
        }

        @Override
        List<Object> values(DeadLetter letter) {
            List<Object> values = new ArrayList<>();
            values.add(seconds(letter.getFailedTime()));
            values.add(letter.getReason());
            values.add(letter.getReadId());
            values.add(place(letter));
            values.add(letter.getMessage());
            return values;
        }

        private static String place(DeadLetter letter) {
            if (letter.getFile() != null) {
                return letter.getRecordNumber() == null
                        ? letter.getFile()
                        : letter.getFile() + " record " + letter.getRecordNumber();
            }
            return letter.getTopic() == null
                    ? null
                    : letter.getTopic() + "-" + letter.getPartition() + " offset " + letter.getOffset();
        }
    }

    /** One line per announced model. */
    static final class Models extends TailTable<ModelAnnouncement> {
        private static final long serialVersionUID = 1L;

        Models() {
            super(List.of("time", "model", "slot", "revision", "version", "bundle"), -TIME, -16, -7, 8, -12, 0);
        }

        @Override
        List<Object> values(ModelAnnouncement model) {
            List<Object> values = new ArrayList<>();
            values.add(seconds(model.getAnnouncedTime()));
            values.add(model.getModelName());
            values.add(words(model.getSlot()));
            values.add(model.getRevision());
            values.add(model.getModelVersion());
            values.add(model.getBundleUri());
            return values;
        }
    }

    /** One line per answer of the job. */
    static final class ModelEvents extends TailTable<ModelEvent> {
        private static final long serialVersionUID = 1L;

        ModelEvents() {
            super(
                    List.of("time", "model", "slot", "revision", "subtask", "outcome", "reason"),
                    -TIME,
                    -16,
                    -7,
                    8,
                    7,
                    -15,
                    0);
        }

        @Override
        List<Object> values(ModelEvent event) {
            List<Object> values = new ArrayList<>();
            values.add(seconds(event.getEventTime()));
            values.add(event.getModelName());
            values.add(words(event.getSlot()));
            values.add(event.getRevision());
            values.add(event.getSubtask() < 0 ? "all" : event.getSubtask());
            values.add(event.getOutcome());
            values.add(
                    event.getReason() == null && !event.getMeasures().isEmpty()
                            ? event.getMeasures()
                            : event.getReason());
            return values;
        }
    }

    /** One line per label. */
    static final class Labels extends TailTable<ReadLabel> {
        private static final long serialVersionUID = 1L;

        Labels() {
            super(List.of("time", "read", "run", "source", "label"), -TIME, -36, -16, -16, 0);
        }

        @Override
        List<Object> values(ReadLabel label) {
            List<Object> values = new ArrayList<>();
            values.add(seconds(label.getLabelledTime()));
            values.add(label.getMate() == 0 ? label.getReadId() : label.getReadId() + "/" + label.getMate());
            values.add(label.getRunId());
            values.add(label.getSource());
            values.add(label.getLabel().isEmpty() ? "(withdrawn)" : label.getLabel());
            return values;
        }
    }

    /** One line per window of reads. */
    static final class Drift extends TailTable<DriftReport> {
        private static final long serialVersionUID = 1L;

        Drift() {
            super(List.of("time", "run", "sample", "reads", "model", "over the threshold"), -TIME, -16, -12, 6, -16, 0);
        }

        @Override
        List<Object> values(DriftReport report) {
            List<Object> values = new ArrayList<>();
            values.add(seconds(report.getReportTime()));
            values.add(report.getRunId());
            values.add(report.getSampleId());
            values.add(report.getWindowReads());
            values.add(report.getModelName() + " " + report.getModelVersion());
            values.add(
                    report.getExceeded().isEmpty()
                            ? null
                            : report.getExceeded().stream()
                                    .map(measure -> over(report, measure))
                                    .collect(Collectors.joining(", ")));
            return values;
        }

        private static String over(DriftReport report, String measure) {
            return String.format(
                    Locale.ROOT,
                    "%s %.3g over %.3g",
                    measure,
                    report.getDivergences().get(measure),
                    report.getThresholds().get(measure));
        }
    }
}
