package io.kmerflow.files.write;

import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * GFF3 (version 1.26): a line per call, coordinates 1-based and closed on the read as sequenced. Type: the label's Sequence
 * Ontology id where it has one, else {@code region}. Score: probability 0 to 1. Strand: the label's. Phase: never given, for a
 * model that finds coding stretches does not say in which frame. Attributes: ID, Name (label), Ontology_term, run, model (name and
 * version). Reads without a call have no line.
 */
public final class Gff3Format implements RowFormat<ReadAnnotation> {
    private static final String SEQUENCE_ONTOLOGY = "SO:";

    private final LabelStrands strands;

    /** @param strands of the model's labels */
    public Gff3Format(LabelStrands strands) {
        this.strands = strands;
    }

    @Override
    public String header() {
        return "##gff-version 3\n# kmerflow: coordinates are on the reads as sequenced, not on a genome";
    }

    @Override
    public String row(ReadAnnotation annotation) {
        StringBuilder lines = new StringBuilder();
        int number = 0;
        for (Call call : annotation.getCalls()) {
            number++;
            String ontology = call.getOntologyId();
            if (!lines.isEmpty()) {
                lines.append('\n');
            }
            lines.append(String.format(
                    Locale.ROOT,
                    "%s\tkmerflow\t%s\t%d\t%d\t%.6g\t%c\t.\tID=%s.%d;Name=%s%s;run=%s;model=%s",
                    escape(ReadNames.withMate(annotation), true),
                    ontology != null && ontology.startsWith(SEQUENCE_ONTOLOGY) ? ontology : "region",
                    call.getStart() + 1,
                    call.getEnd(),
                    call.getScore(),
                    strands.sign(call.getLabel()),
                    annotation.getAnnotationId(),
                    number,
                    escape(call.getLabel(), false),
                    ontology == null
                            ? ""
                            : ";Ontology_term=" + escape(ontology, false).replace("%3A", ":"),
                    escape(annotation.getRunId(), false),
                    escape(annotation.getModelName() + " " + annotation.getModelVersion(), false)));
        }
        return lines.isEmpty() ? null : lines.toString();
    }

    /** Percent-encodes what GFF3 reserves; in the first column everything but [a-zA-Z0-9.:^*$@!+_?-|]. */
    private static String escape(String text, boolean sequenceId) {
        StringBuilder escaped = new StringBuilder();
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (one & 0xff);
            boolean letter = character >= 'a' && character <= 'z'
                    || character >= 'A' && character <= 'Z'
                    || character >= '0' && character <= '9';
            boolean kept = letter
                    || (sequenceId
                            ? ".:^*$@!+_?-|".indexOf(character) >= 0
                            : " .:^*$@!+_?-|/()[]{}'<>".indexOf(character) >= 0);
            if (kept) {
                escaped.append(character);
            } else {
                escaped.append(String.format(Locale.ROOT, "%%%02X", one & 0xff));
            }
        }
        return escaped.toString();
    }
}
