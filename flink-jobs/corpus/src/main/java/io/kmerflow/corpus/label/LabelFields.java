package io.kmerflow.corpus.label;

import io.kmerflow.schema.ReadLabel;
import io.kmerflow.sequence.PrintableText;
import io.kmerflow.sequence.file.ReadHeader;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes labels of named texts; the one place that says what a label must have. */
final class LabelFields {
    static final String READ = "readid";
    static final String RUN = "runid";
    static final String MATE = "mate";
    static final String LABEL = "label";
    static final String ONTOLOGY = "ontologyid";
    static final String SOURCE = "source";
    static final String REVISION = "revision";
    static final String CONFIDENCE = "confidence";
    static final Set<String> NAMES = Set.of(READ, RUN, MATE, LABEL, ONTOLOGY, SOURCE, REVISION, CONFIDENCE);

    private static final int MOST_CHARACTERS = 4_096;

    private final LabelSettings settings;

    LabelFields(LabelSettings settings) {
        this.settings = settings;
    }

    /** The name as this class knows it: {@code read_id}, {@code readId} and {@code Read ID} are the same. */
    static String name(String written) {
        return written.strip().toLowerCase(Locale.ROOT).replaceAll("[_ -]", "");
    }

    /**
     * The label that fields make.
     *
     * @param fields by {@link #name}; empty and missing ones are the same
     */
    ReadLabel label(Map<String, String> fields) throws MalformedLabelException {
        ReadLabel label = new ReadLabel();
        String name = required(fields, READ);
        int mate = 0;
        if (settings.mateSuffix() && name.matches(".+/[12]")) {
            mate = name.charAt(name.length() - 1) - '0';
            name = name.substring(0, name.length() - 2);
        }
        ReadHeader header = ReadHeader.parse(name);
        if (header.readId().isEmpty()) {
            throw bad(READ, "a name", name);
        }
        label.setReadId(header.readId());
        label.setMate(mate(fields, mate == 0 ? header.mate() : mate)); // old Illumina names have their mate
        String run = fields.getOrDefault(RUN, "");
        run = run.isEmpty() ? ReadHeader.runOf(name) : run;
        run = run == null ? settings.runId() : run;
        if (run == null) {
            throw new MalformedLabelException(
                    MalformedLabelException.MISSING_FIELD,
                    String.format(
                            Locale.ROOT,
                            "Expected a run for read '%s', in a field run_id or by --run-id, got none",
                            header.readId()));
        }
        label.setRunId(text(RUN, run));
        label.setLabel(required(fields, LABEL));
        label.setOntologyId(fields.getOrDefault(ONTOLOGY, "").isEmpty() ? null : text(ONTOLOGY, fields.get(ONTOLOGY)));
        String source = fields.getOrDefault(SOURCE, "");
        label.setSource(text(SOURCE, source.isEmpty() ? settings.source() : source));
        Long revision = number(fields, REVISION);
        label.setRevision(revision == null ? settings.revision() : revision);
        label.setConfidence(confidence(fields));
        label.setLabelledTime(settings.time());
        return label;
    }

    /**
     * The mate that fields name, else that of the name: an aligner knows of no mates where it was given one file.
     *
     * @param ofName 0 where the name tells none
     */
    private static int mate(Map<String, String> fields, int ofName) throws MalformedLabelException {
        Integer given = integer(fields, MATE, 0, 2);
        if (given == null || given == 0) {
            return ofName;
        }
        if (ofName != 0 && ofName != given) {
            throw bad(MATE, "the mate of the name, " + ofName + ",", fields.get(MATE));
        }
        return given;
    }

    private static String required(Map<String, String> fields, String name) throws MalformedLabelException {
        String value = fields.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new MalformedLabelException(
                    MalformedLabelException.MISSING_FIELD,
                    String.format(Locale.ROOT, "Expected a value for %s, got none", name));
        }
        return text(name, value);
    }

    private static String text(String name, String value) throws MalformedLabelException {
        boolean printable = value.codePoints().allMatch(PrintableText::isPrintable);
        if (!printable || value.length() > MOST_CHARACTERS) {
            throw bad(name, "at most " + MOST_CHARACTERS + " printable characters", value);
        }
        return value;
    }

    private static Long number(Map<String, String> fields, String name) throws MalformedLabelException {
        String value = fields.getOrDefault(name, "");
        try {
            return value.isEmpty() ? null : Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw bad(name, "a whole number", value);
        }
    }

    private static Integer integer(Map<String, String> fields, String name, int least, int most)
            throws MalformedLabelException {
        Long value = number(fields, name);
        if (value != null && (value < least || value > most)) {
            throw bad(name, least + " to " + most, fields.get(name));
        }
        return value == null ? null : value.intValue();
    }

    private static Float confidence(Map<String, String> fields) throws MalformedLabelException {
        String value = fields.getOrDefault(CONFIDENCE, "");
        if (value.isEmpty()) {
            return null;
        }
        try {
            float confidence = Float.parseFloat(value);
            if (confidence >= 0 && confidence <= 1) {
                return confidence;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw bad(CONFIDENCE, "0 to 1", value);
    }

    private static MalformedLabelException bad(String name, String expected, String value) {
        String shown = value.substring(0, Math.min(value.length(), 80));
        return new MalformedLabelException(
                MalformedLabelException.BAD_VALUE,
                String.format(Locale.ROOT, "Expected %s as %s, got '%s'", expected, name, PrintableText.escape(shown)));
    }
}
