package io.kmerflow.files.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kmerflow.schema.AnnotationStatus;
import io.kmerflow.schema.Call;
import io.kmerflow.schema.ReadAnnotation;
import io.kmerflow.schema.ReadCall;
import io.kmerflow.schema.WindowScores;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names from outside never make another column, line or comment, and no control character gets through. */
class HostileNamesTest {
    private static final String ALL_CONTROLS = controls();

    private static String controls() {
        StringBuilder text = new StringBuilder("r");
        for (char c = 0; c < 0xa0; c++) {
            if (c < ' ' || c >= 0x7f) {
                text.append(c);
            }
        }
        return text.append("\u2028\u202e").toString();
    }

    private static ReadAnnotation annotation(String name) {
        ReadAnnotation annotation = new ReadAnnotation();
        annotation.setReadId(name);
        annotation.setMate(0);
        annotation.setRunId(name);
        annotation.setSampleId(name);
        annotation.setBarcodeName(name);
        annotation.setStatus(AnnotationStatus.SCORED);
        annotation.setReadLength(40);
        annotation.setReadCall(new ReadCall(name, 0.75f));
        annotation.setCalls(List.of(new Call(name, null, 0, 40, 0.75f)));
        annotation.setWindowScores(new WindowScores(40, 20, 0, List.of(0.75f, 0.25f)));
        annotation.setModelName(name);
        annotation.setModelVersion("1");
        annotation.setModelDigest("sha256:00");
        annotation.setAnnotationId("00");
        annotation.setAnnotatedTime(Instant.EPOCH);
        return annotation;
    }

    private static void assertOneLine(String row, int columns) {
        assertThat(row.chars()).as(row).noneMatch(c -> c != '\t' && (c < ' ' || c >= 0x7f && c < 0xa0));
        assertThat(row.split("\t", -1)).as(row).hasSize(columns);
    }

    @Test
    void controlCharactersStayOutOfEveryTextFormat() {
        ReadAnnotation annotation = annotation(ALL_CONTROLS);
        assertOneLine(new AnnotationTsvFormat().row(annotation), 16);
        assertOneLine(new BedFormat(LabelStrands.NONE).row(annotation), 7);
        assertOneLine(new Gff3Format(LabelStrands.NONE).row(annotation), 9);
        BedGraphFormat graph = new BedGraphFormat(ALL_CONTROLS + '"', 0, 2);
        assertOneLine(graph.row(annotation), 4);
        assertOneLine(graph.header(), 1);
        assertThat(new AnnotationTsvFormat().row(annotation))
                .startsWith("r\\x00\\x01")
                .contains("\\x09\\x0a", "\\x1b\\x1c", "\\x9b");
    }

    @Test
    void jsonLinesHoldTheNameAndNoControlCharacter() throws IOException {
        String row = new AnnotationJsonFormat().row(annotation(ALL_CONTROLS + "é\ud83e\uddec"));
        assertOneLine(row, 1);
        assertThat(row).contains("\\u009B", "\\u007F", "\\u202E", "é\ud83e\uddec");
        assertThat(new ObjectMapper().readTree(row).get("readId").asText()).isEqualTo(ALL_CONTROLS + "é\ud83e\uddec");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#1", "track", "track_7", "browser", "browser:1", "", " leading", "two words", "#track"})
    void aNameMakesNoCommentAndNoTrackLine(String name) {
        ReadAnnotation annotation = annotation(name);
        for (String row : List.of(
                new BedFormat(LabelStrands.NONE).row(annotation), new BedGraphFormat("even", 0, 2).row(annotation))) {
            assertThat(row).doesNotStartWith("#").doesNotStartWith("track").doesNotStartWith("browser");
            assertThat(row.split("\t")[0]).isNotEmpty().doesNotContain(" ");
        }
    }

    @Test
    void theFirstCharacterIsGivenAsItsNumber() {
        assertThat(ReadNames.inBed("#1")).isEqualTo("\\x231");
        assertThat(ReadNames.inBed("track_7")).isEqualTo("\\x74rack_7");
        assertThat(ReadNames.inBed("browser")).isEqualTo("\\x62rowser");
        assertThat(ReadNames.inBed("Track")).isEqualTo("Track");
        assertThat(ReadNames.inBed("a#b")).isEqualTo("a#b");
    }
}
