package io.kmerflow.cli;

import io.kmerflow.cli.serving.JobOptionText;
import io.kmerflow.cli.serving.JobSwitches;
import io.kmerflow.pretraining.PretrainConfig;
import io.kmerflow.pretraining.finetune.FinetuneConfig;
import io.kmerflow.pretraining.finetune.Recipe;
import io.kmerflow.pretraining.settings.SettingsReference;
import io.kmerflow.pretraining.study.StudyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The pages of {@code docs/reference}, made from the declarations of commands, job options and settings of training. */
final class ReferencePages {
    /** What makes the pages anew. */
    static final String COMMAND = "./kmerflow help --reference docs/reference";

    private static final int COLUMNS = 110;
    private static final String GENERATED = "\n\n<!-- Made by: " + COMMAND + " -->\n\n";

    private ReferencePages() {}

    /** Writes the pages to a folder, which is made if it does not exist. */
    static void writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, String> page : all().entrySet()) {
            Files.writeString(folder.resolve(page.getKey()), page.getValue());
        }
    }

    /** The text of each page by its file name. */
    static Map<String, String> all() {
        return Map.of(
                "commands.md", commands(), "job-options.md", jobOptions(), "training-options.md", trainingOptions());
    }

    private static String commands() {
        CommandLine root = Kmerflow.commandLine();
        root.setUsageHelpAutoWidth(false).setUsageHelpWidth(COLUMNS);
        StringBuilder page = new StringBuilder("# Commands" + GENERATED)
                .append(
                        "Every command with all its options, as `--help-all` shows them; `--help` leaves out the advanced ones.\n");
        for (CommandGroup group : CommandGroup.values()) {
            page.append("\n## ").append(group.heading()).append('\n');
            group.commands().forEach(name -> append(page, root.getSubcommands().get(name)));
        }
        return page.toString();
    }

    private static void append(StringBuilder page, CommandLine command) {
        HelpLayout.reveal(command.getCommandSpec());
        page.append("\n### ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```text\n")
                .append(command.getUsageMessage(Ansi.OFF))
                .append("```\n");
        command.getSubcommands().values().forEach(next -> append(page, next));
    }

    private static String jobOptions() {
        Map<String, String> switches = JobSwitches.namesByKey(Kmerflow.commandLine());
        StringBuilder page = new StringBuilder("# Job options" + GENERATED)
                .append(
                        "Options of the job jar, each given as `--KEY VALUE` when Flink submits it (see [Run the job](../run-the-job.md)),\n"
                                + "and the switch of the `kmerflow` command that sets the same option. Durations are written `10 s`, sizes\n"
                                + "`20 gb`, maps `KEY:VALUE,KEY:VALUE`, lists `A;B`.\n");
        String room = "";
        for (ConfigOption<?> option : JobOptionText.all()) {
            String next = option.key().substring(0, option.key().indexOf('.'));
            if (!next.equals(room)) {
                room = next;
                page.append("\n## ")
                        .append(room)
                        .append("\n\n| key | default | switch | description |\n|---|---|---|---|\n");
            }
            page.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %s | %s | %s |\n",
                    option.key(),
                    code(JobOptionText.defaultValue(option)),
                    code(switches.getOrDefault(option.key(), "")),
                    JobOptionText.description(option).replace("|", "\\|")));
        }
        return page.toString();
    }

    private static String trainingOptions() {
        return "# Training options"
                + GENERATED
                + "Keys of the YAML files of training ([Train a model](../train-a-model.md)). A key without a default has none: where it is\n"
                + "missing, the meaning says what holds. Options of the commands go before the file. An unknown key, or one given twice, is\n"
                + "rejected.\n"
                + section("pretrain --config", PretrainConfig.class)
                + section("finetune --config", FinetuneConfig.class)
                + section("finetune --recipe and evaluate gue --recipes", Recipe.class)
                + section("study --budget", StudyConfig.class);
    }

    private static String section(String title, Class<? extends Record> settings) {
        return "\n## " + title + "\n" + SettingsReference.of(settings);
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
