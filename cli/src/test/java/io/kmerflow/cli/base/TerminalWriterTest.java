package io.kmerflow.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class TerminalWriterTest {
    @Test
    void controlCharactersOfNamesBecomeNumbers() {
        StringWriter terminal = new StringWriter();
        TerminalWriter writer = new TerminalWriter(terminal);
        writer.printf(Locale.ROOT, "kmerflow: no reads in %s%n", "a\u001b[31mb\rc\u009b\u007f");
        writer.println("日本 \ud83e\uddec");
        assertThat(terminal).hasToString("kmerflow: no reads in a\\x1b[31mb\\x0dc\\x9b\\x7f\n日本 \ud83e\uddec\n");
    }

    @Test
    void theProgressLineIsWrittenOver() {
        StringWriter terminal = new StringWriter();
        TerminalWriter writer = new TerminalWriter(terminal);
        writer.print("1 of 2");
        writer.clearLine();
        writer.print("2 of 2");
        writer.flush();
        assertThat(terminal).hasToString("1 of 2\r\033[K2 of 2");
    }
}
