package io.kmerflow.cli;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/** How help is laid out: commands in groups, an example of each command, hidden options only with {@code --help-all}. */
final class HelpLayout {
    /** Shows the help with the options that {@code --help} hides. */
    static final String HELP_ALL = "--help-all";

    private HelpLayout() {}

    /** Lays out the help of a root command and of all commands below it. */
    static void applyTo(CommandLine root) {
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
        root.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, CommandGroup::list);
        root.setExecutionStrategy(HelpLayout::execute);
        complete(root);
    }

    private static void complete(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.addOption(OptionSpec.builder(HELP_ALL)
                .usageHelp(true)
                .type(boolean.class)
                .description("Show this help with advanced options and exit.")
                .build());
        spec.usageMessage().footerHeading("%nExample:%n");
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, HelpLayout::examples);
        command.getSubcommands().values().forEach(HelpLayout::complete);
    }

    /** The lines of the footer as they are: a wrapped one could not be pasted into a shell. */
    private static String examples(Help help) {
        return Stream.of(help.commandSpec().usageMessage().footer())
                .map(line -> "  " + line + System.lineSeparator())
                .collect(Collectors.joining());
    }

    private static int execute(ParseResult parsed) {
        for (ParseResult command = parsed; command != null; command = command.subcommand()) {
            if (command.hasMatchedOption(HELP_ALL)) {
                reveal(command.commandSpec());
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Shows every option of a command in its help. */
    static void reveal(CommandSpec command) {
        for (OptionSpec option : List.copyOf(command.options())) {
            if (option.hidden()) {
                command.remove(option);
                command.addOption(option.toBuilder().hidden(false).build());
            }
        }
    }
}
