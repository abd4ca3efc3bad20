package io.kmerflow.cli.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kmerflow.schema.DriftReport;
import io.kmerflow.schema.ModelEvent;
import io.kmerflow.sequence.LengthHistogram;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToLongFunction;

/** Writes a state as the page reads it. Times are milliseconds since 1970-01-01 UTC. */
final class StateJson {
    private static final JsonFactory JSON = new JsonFactory();
    /** Labels with a line of their own in the charts over time. */
    private static final int MAX_LINES = 8;

    private static final long RATE_MILLIS = 10_000;

    private final RunState state;
    private final long nowMillis;
    private final List<Integer> rows;

    StateJson(RunState state, long nowMillis) {
        this.state = state;
        this.nowMillis = nowMillis;
        this.rows = rowsByReads();
    }

    /** Numbers of the rows, those with the most reads first, equal ones by name. */
    private List<Integer> rowsByReads() {
        List<Integer> numbers = new ArrayList<>();
        for (int row = 0; row < state.rows().size(); row++) {
            numbers.add(row);
        }
        numbers.sort(Comparator.comparing((Integer row) -> -state.all().reads(row))
                .thenComparing(row -> state.rows().name(row)));
        return numbers;
    }

    String text() {
        StringWriter text = new StringWriter(1 << 14);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("time", nowMillis);
            totals(json);
            calls(json);
            samples(json);
            histogram(json, "lengths", state.all().lengths().reads(), LengthHistogram::lengthOfBin);
            histogram(json, "qualities", state.all().qualities(), quality -> quality);
            numbers(json, "calledScores", state.calledScores());
            numbers(json, "uncalledScores", state.uncalledScores());
            series(json, "run", state.run());
            series(json, "recent", state.recent());
            deadLetters(json);
            models(json);
            drift(json);
            problems(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writes to memory only
        }
        return text.toString();
    }

    private void totals(JsonGenerator json) throws IOException {
        double[] rates = state.recent().rates(nowMillis, RATE_MILLIS);
        json.writeNumberField("reads", state.all().reads());
        json.writeNumberField("bases", state.all().bases());
        json.writeNumberField("readsPerSecond", rates[0]);
        json.writeNumberField("basesPerSecond", rates[1]);
        json.writeNumberField("n50", state.all().lengths().n50());
        writeNullable(json, "medianQuality", state.all().medianQuality());
        writeNullable(json, "lag", state.lag());
        json.writeNumberField("undecodable", state.undecodable());
    }

    private static void writeNullable(JsonGenerator json, String name, Number value) throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value.longValue());
        }
    }

    private void calls(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("calls");
        for (int row : rows) {
            json.writeStartObject();
            json.writeStringField("label", state.rows().name(row));
            json.writeBooleanField(
                    "called", !CallRows.isWithoutCall(state.rows().name(row)));
            json.writeNumberField("reads", state.all().reads(row));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void samples(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("samples");
        for (RunState.Sample sample : state.samples()) {
            ReadTally tally = sample.tally();
            json.writeStartObject();
            json.writeStringField("sample", sample.sample());
            json.writeStringField("barcode", sample.barcode());
            json.writeNumberField("reads", tally.reads());
            json.writeNumberField("bases", tally.bases());
            json.writeNumberField("n50", tally.lengths().n50());
            writeNullable(json, "medianQuality", tally.medianQuality());
            json.writeObjectFieldStart("calls");
            for (int row : rows) {
                if (tally.reads(row) > 0) {
                    json.writeNumberField(state.rows().name(row), tally.reads(row));
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Bins from the first to the last with a read: where each begins, and its reads. */
    private static void histogram(JsonGenerator json, String name, long[] bins, IntToLongFunction start)
            throws IOException {
        int first = 0;
        int last = bins.length - 1;
        while (first < last && bins[first] == 0) {
            first++;
        }
        while (last >= first && bins[last] == 0) {
            last--;
        }
        json.writeObjectFieldStart(name);
        json.writeArrayFieldStart("from");
        for (int bin = first; bin <= last; bin++) {
            json.writeNumber(start.applyAsLong(bin));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("reads");
        for (int bin = first; bin <= last; bin++) {
            json.writeNumber(bins[bin]);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void numbers(JsonGenerator json, String name, long[] values) throws IOException {
        json.writeFieldName(name);
        json.writeArray(values, 0, values.length);
    }

    private void series(JsonGenerator json, String name, TimeSeries series) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("stepMillis", series.widthMillis());
        json.writeNumberField("startMillis", series.isEmpty() ? nowMillis : series.startMillis());
        json.writeNumberField("lastMillis", series.isEmpty() ? nowMillis : series.lastMillis());
        int length = series.length();
        values(json, "reads", length, place -> series.at(place).reads());
        values(json, "bases", length, place -> series.at(place).bases());
        json.writeObjectFieldStart("calls");
        for (int row : rows.subList(0, Math.min(MAX_LINES, rows.size()))) {
            values(
                    json,
                    state.rows().name(row),
                    length,
                    place -> series.at(place).reads(row));
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void values(JsonGenerator json, String name, int length, IntToLongFunction value)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (int place = 0; place < length; place++) {
            json.writeNumber(value.applyAsLong(place));
        }
        json.writeEndArray();
    }

    private void deadLetters(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("deadLetters");
        for (var reason : state.deadLetters().entrySet()) {
            json.writeNumberField(reason.getKey(), reason.getValue());
        }
        json.writeEndObject();
    }

    private void problems(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("problems");
        for (String sentence : new LinkedHashSet<>(state.problems().values())) { // one of all topics is said once
            json.writeString(sentence);
        }
        json.writeEndArray();
    }

    private void drift(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("drift");
        for (DriftBoard.Row row : state.drift().rows()) {
            DriftReport last = row.last();
            json.writeStartObject();
            json.writeStringField("run", last.getRunId());
            json.writeStringField("sample", last.getSampleId());
            json.writeNumberField("windows", row.windows());
            json.writeNumberField("alarms", row.alarms());
            json.writeNumberField("lastMillis", last.getReportTime().toEpochMilli());
            json.writeNumberField("lastReads", last.getWindowReads());
            json.writeArrayFieldStart("exceeded");
            for (String measure : last.getExceeded()) {
                json.writeStartObject();
                json.writeStringField("measure", measure);
                json.writeNumberField("divergence", last.getDivergences().getOrDefault(measure, 0.0));
                json.writeNumberField("threshold", last.getThresholds().getOrDefault(measure, 0.0));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void models(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("models");
        for (ModelTimeline.Use use : state.models().uses()) {
            json.writeStartObject();
            json.writeStringField("name", use.name());
            json.writeStringField("version", use.version());
            json.writeStringField("digest", use.digest());
            json.writeNumberField("firstMillis", use.firstMillis());
            json.writeNumberField("lastMillis", use.lastMillis());
            json.writeNumberField("reads", use.reads());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("modelEvents");
        for (ModelEvent event : state.models().events()) {
            json.writeStartObject();
            json.writeNumberField("millis", event.getEventTime().toEpochMilli());
            json.writeStringField("name", event.getModelName());
            json.writeStringField("slot", event.getSlot().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("revision", event.getRevision());
            json.writeStringField("outcome", event.getOutcome().name());
            json.writeStringField("digest", event.getBundleDigest());
            json.writeStringField("reason", event.getReason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
