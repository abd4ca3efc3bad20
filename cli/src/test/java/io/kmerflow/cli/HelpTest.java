package io.kmerflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmerflow.cli.base.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

class HelpTest {
    /** Every command, each as the words that call it; the root has none. */
    static Stream<List<String>> commands() {
        return below(Kmerflow.commandLine(), List.of()).stream();
    }

    private static List<List<String>> below(CommandLine command, List<String> words) {
        List<List<String>> all = new ArrayList<>(List.of(words));
        command.getSubcommands().forEach((name, next) -> {
            List<String> longer = new ArrayList<>(words);
            longer.add(name);
            all.addAll(below(next, longer));
        });
        return all;
    }

    private static CommandSpec spec(List<String> words) {
        CommandLine command = Kmerflow.commandLine();
        for (String word : words) {
            command = command.getSubcommands().get(word);
        }
        return command.getCommandSpec();
    }

    private static CommandRun run(List<String> words, String... more) {
        return CommandRun.of(Stream.concat(words.stream(), Stream.of(more))
                .map(Object.class::cast)
                .toArray());
    }

    @Test
    void findsCommandsAtBothLevels() {
        assertThat(commands())
                .hasSizeGreaterThan(30)
                .contains(List.of(), List.of("annotate"), List.of("evaluate", "gue"), List.of("bench", "latency"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpPrintsWithoutWarning(List<String> words) {
        PrintStream before = System.err;
        ByteArrayOutputStream warnings = new ByteArrayOutputStream();
        System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
        CommandRun help;
        try {
            help = run(words, "--help");
        } finally {
            System.setErr(before);
        }
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Usage: ").doesNotContain("%n");
        assertThat(warnings.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void exampleParsesAndCallsItsCommand(List<String> words) {
        String[] examples = spec(words).usageMessage().footer();

        assertThat(examples).as("kmerflow %s", words).isNotEmpty();
        assertThat(run(words, "--help").out()).contains("Example:").contains(examples);
        for (String example : examples) {
            List<String> given = List.of(example.split(" "));
            ParseResult parsed =
                    Kmerflow.commandLine().parseArgs(given.stream().skip(1).toArray(String[]::new));
            List<String> called = new ArrayList<>();
            for (ParseResult at = parsed; at.hasSubcommand(); at = at.subcommand()) {
                called.add(at.subcommand().commandSpec().name());
            }
            assertThat(given.get(0)).isEqualTo("kmerflow");
            assertThat(called.subList(0, words.size())).as(example).isEqualTo(words);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpAllShowsEveryOptionWithADescription(List<String> words) {
        String all = run(words, "--help-all").out();

        assertThat(spec(words).options()).isNotEmpty().allSatisfy(option -> {
            assertThat(all).contains(option.longestName().substring(2)); // a negatable one is --[no-]name
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
        });
    }

    @Test
    void helpHidesSwitchesOfTheNativeRuntime() {
        String help = CommandRun.of("annotate", "--help").out();
        List<String> hidden = spec(List.of("annotate")).options().stream()
                .filter(OptionSpec::hidden)
                .map(OptionSpec::longestName)
                .toList();

        assertThat(hidden).contains("--memory-pattern", "--gpu-arena-growth", "--max-batch-age");
        assertThat(help).contains("--help-all", "--threads").doesNotContain(hidden);
    }

    @Test
    void everyCommandIsInOneGroup() {
        List<String> grouped = Stream.of(CommandGroup.values())
                .flatMap(group -> group.commands().stream())
                .toList();

        assertThat(grouped)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        Kmerflow.commandLine().getSubcommands().keySet());
    }

    @Test
    void helpListsGroupsInOrder() {
        assertThat(CommandRun.of("--help")
                        .out()
                        .lines()
                        .filter(line ->
                                Stream.of(CommandGroup.values()).anyMatch(group -> line.equals(group.heading() + ":"))))
                .hasSize(CommandGroup.values().length)
                .startsWith("Annotate files of reads:")
                .endsWith("Maintain an installation:");
        assertThat(CommandRun.of("--help").out()).containsSubsequence("Train models:", "finetune", "Measure", "chaos");
    }

    @Test
    void helpCommandShowsTheHelpOfACommandByName() {
        assertThat(CommandRun.of("help").out())
                .isEqualTo(CommandRun.of("--help").out());
        assertThat(CommandRun.of("help", "annotate").out())
                .isEqualTo(CommandRun.of("annotate", "--help").out());
        assertThat(CommandRun.of("help", "evaluate", "gue").out())
                .isEqualTo(CommandRun.of("evaluate", "gue", "--help").out());
    }

    @Test
    void helpCommandRejectsUnknownName() {
        CommandRun run = CommandRun.of("help", "evaluate", "nothing");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("got 'nothing'", "kmerflow evaluate --help")
                .hasLineCount(1);
    }

    @Test
    void theCommandThatIsAskedForIsMadeAloneAndIsTheSame() {
        Kmerflow.commandLine().getSubcommands().forEach((name, whole) -> {
            CommandLine root = Kmerflow.commandLineFor(name, "--help");
            if (!name.equals("help")) {
                assertThat(root.getSubcommands()).containsOnlyKeys(name);
            }
            CommandLine alone = root.getSubcommands().get(name);
            assertThat(alone.getUsageMessage()).isEqualTo(whole.getUsageMessage());
            assertThat(alone.getSubcommands().keySet())
                    .isEqualTo(whole.getSubcommands().keySet());
        });
    }

    @Test
    void everyCommandIsThereForHelpAndForWordsThatNameNone() {
        for (String[] words : new String[][] {{}, {"--help"}, {"help", "serve"}, {"serv"}, {"--version"}}) {
            assertThat(Kmerflow.commandLineFor(words).getSubcommands().keySet())
                    .isEqualTo(Kmerflow.commandLine().getSubcommands().keySet());
        }
    }
}
