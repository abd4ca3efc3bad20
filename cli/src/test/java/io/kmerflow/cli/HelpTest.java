package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
    @Test
    void everyCommandPrintsItsHelpWithoutAWarning() {
        PrintStream before = System.err;
        ByteArrayOutputStream warnings = new ByteArrayOutputStream();
        System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
        try {
            assertThat(print(new CommandLine(new Kmerflow()))).isGreaterThan(20);
        } finally {
            System.setErr(before);
        }
        assertThat(warnings.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static int print(CommandLine command) {
        assertThat(command.getUsageMessage()).as(command.getCommandName()).doesNotContain("%n");
        return 1
                + command.getSubcommands().values().stream()
                        .mapToInt(HelpTest::print)
                        .sum();
    }
}
